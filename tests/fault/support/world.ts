// A store with a tenant, its warehouses, items and stock, the clients that work on it, and the model of what must be
// in it.
import assert from 'node:assert/strict';
import { Administrator } from './administrator.js';
import { Connection } from './connection.js';
import { Load } from './load.js';
import { Model } from './model.js';
import { ServerProcess, type StartOptions } from './process.js';
import { Shopper, type Shop } from './shopper.js';

export interface WorldOptions extends StartOptions { seed: number; clients?: number; items?: number; administrators?: number }

const opening_stock = 200;

export class World {
  readonly model = new Model();

  private constructor(readonly server: ServerProcess, readonly tenant: string, readonly key: string, readonly options: WorldOptions) {}

  shop!: Shop;
  load!: Load;

  // Makes it in the folder or the database `data`; the server runs afterwards.
  static async create(data: string, options: WorldOptions): Promise<World> {
    const server = new ServerProcess(data);
    await server.must_start(options);
    const tenant = await server.cli('tenant', 'create', 'crash-test');
    const { id, key } = await server.cli('key', 'create', '--tenant', tenant.id, '--name', 'load', '--owner', 'load@shop.example', '--scope', '*');
    const world = new World(server, tenant.id, key, options);
    world.model.tenants.set(tenant.id, tenant.name);
    world.model.put_key(id, { tenant_id: tenant.id, name: 'load', secret: key, is_revoked: false });
    await world.#open_shop();
    return world;
  }

  async #open_shop(): Promise<void> {
    const { model, options } = this;
    const count = options.items ?? 40;
    const connection = new Connection(this.server.url);
    const write = async (method: string, path: string, body: object) => {
      const answer = await connection.send({ method, path, key: this.key, text: JSON.stringify(body) });
      assert(answer && answer.status < 300, `${method} ${path}: ${answer?.text}`);
      return answer.body;
    };
    const add_warehouse = async (name: string, type: string) => {
      const { data } = await write('POST', '/api/inventory/warehouses', { name, type });
      model.warehouses.set(data.id, { id: data.id, name, is_active: true });
      return data.id as string;
    };
    const own = [await add_warehouse('Warehouse A', 'own'), await add_warehouse('Warehouse B', '3PL')];
    const fba = await add_warehouse('FBA EU', 'FBA');
    const skus = Array.from({ length: count }, (_, i) => `SKU-${String(i).padStart(3, '0')}`);
    for (const sku of skus) {
      const { data } = await write('POST', '/api/inventory', { sku, title: `Item ${sku}` });
      model.sku(sku).exists = true;
      model.sku(sku).settings(data);
    }
    const updates = skus.flatMap((sku) => own.map((warehouse_id) => ({ sku, warehouse_id, quantity: opening_stock, reason: 'opening' })));
    for (const line of (await write('POST', '/api/inventory/bulk', { updates })).data) model.add_line(line);
    connection.close();

    const reserved = Math.floor(count / 2);
    this.shop = { own, fba, updated: skus.slice(reserved), reservable: skus.slice(0, reserved) };
    const shoppers = Array.from({ length: options.clients ?? 16 }, (_, i) => new Shopper(`c${i}`, model, this.shop, options.seed));
    const administrators = Array.from({ length: options.administrators ?? 0 }, (_, i) => new Administrator(`a${i}`, model, options.seed));
    this.load = new Load(model, shoppers, administrators, this.key);
  }

  // Fails with the first of what is wrong, if anything is.
  must_be_sound(what: string): void {
    const { problems } = this.model;
    assert(problems.length === 0, `${what}: ${problems.length} problems\n${problems.slice(0, 20).join('\n')}\nthe server's last words:\n${this.server.last_words()}`);
  }

  // What clients and the host's people asked for, by outcome or without.
  operations(): number {
    const { acknowledged, administered, refused, unknown } = this.model.counts;
    return acknowledged + administered + refused + unknown;
  }

  summary(): string {
    const { acknowledged, administered, refused, unknown, unknown_done, replayed, audits, lines } = this.model.counts;
    return `${acknowledged} acknowledged, ${administered} administered, ${refused} refused, ${unknown} unknown (${unknown_done} of them had been done), ${replayed} replayed, ${lines} adjustments, ${audits} audits`;
  }
}
