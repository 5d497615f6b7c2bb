// Compares all that a server shows with all that it acknowledged: nothing missing, nothing twice, nothing else.
import { list_admin } from './administrator.js';
import { Connection, over_connections } from './connection.js';
import { as_line, shipped_line, type Line, type Model, type Reservation, type Sku } from './model.js';
import { must_replay } from './load.js';
import type { ServerProcess } from './process.js';
import { sleep } from '../../api/support/wait.js';
import { walk } from '../../api/support/walk.js';

const replays = 150;
const expiry_patience_ms = 30_000;
const ms_between_looks = 100;

interface AuditOptions {
  // Reads every history and every reservation from the beginning, not only what came since the last audit.
  full?: boolean;
  // Which of the acknowledged requests are repeated.
  pick?: (count: number) => number[];
  // False for a store that only serves reads: nothing can expire there, and nothing is repeated.
  takes_writes?: boolean;
}

// The model's `problems` tell what it found. Nothing else may write meanwhile, and every outcome must be settled.
export async function audit(server: ServerProcess, model: Model, key: string, { full = false, pick = latest, takes_writes = true }: AuditOptions = {}): Promise<void> {
  const auditor = new Auditor(server.url, server.data, model, key, full);
  if (takes_writes) await auditor.expiries();
  await Promise.all([auditor.reservations(), auditor.warehouses(), auditor.items(), auditor.tenants(), auditor.keys()]);
  const repeated = takes_writes ? pick(model.acknowledged.length) : [];
  await over_connections(server.url, repeated, (connection, index) => must_replay(model, connection, key, model.acknowledged[index]));
  const verified = await server.try_cli('verify');
  model.expect(verified.code === 0 && JSON.parse(verified.stdout || '{}').ok === true, () => `verify: ${verified.stdout}${verified.stderr}`);
  model.counts.audits += 1;
}

function latest(count: number): number[] {
  return Array.from({ length: Math.min(replays, count) }, (_, i) => count - 1 - i);
}

class Auditor {
  #held = new Map<string, number>();

  constructor(readonly url: string, readonly data: string, readonly model: Model, readonly key: string, readonly full: boolean) {}

  // What was held for a time only goes by itself.
  async expiries(): Promise<void> {
    const temporary = [...this.model.reservations.values()].filter(({ status, expires_at }) => status === 'held' && expires_at);
    await over_connections(this.url, temporary, async (connection, reservation) => {
      const end = Date.now() + expiry_patience_ms;
      let answer = await this.#get(connection, `/api/reservations/${reservation.id}`);
      while (answer?.body?.data?.status === 'held' && Date.now() < end) {
        await sleep(ms_between_looks);
        answer = await this.#get(connection, `/api/reservations/${reservation.id}`);
      }
      const status = answer?.body?.data?.status;
      this.model.expect(status === 'expired', () => `${reservation.id} should have expired: ${answer?.status} ${answer?.text}`);
      if (status !== 'expired') return;
      this.model.touch_items_of(reservation.lines);
      this.model.put_reservation({ ...reservation, status });
    });
  }

  async reservations(): Promise<void> {
    const expected = [...this.model.reservations.values()].filter(({ status }) => this.full || status === 'held');
    const found = await this.#walk(`/api/reservations?limit=200${this.full ? '' : '&status=held'}`);
    this.#same_ids('reservations', expected.map(({ id }) => id), found.map(({ id }) => id));
    for (const data of found) this.#check_reservation(data);
    await over_connections(this.url, this.model.touched, async (connection, id) => {
      const answer = await this.#get(connection, `/api/reservations/${id}`);
      if (answer.status === 200) this.#check_reservation(answer.body.data);
      else this.model.problem(`${id} is lost: ${answer.status} ${answer.text}`);
    });
    this.model.touched.clear();
  }

  #check_reservation(data: any): void {
    const expected = this.model.reservations.get(data.id);
    if (!expected) return;
    const shown = (of: Reservation) => JSON.stringify([of.reference, of.status, of.lines, of.expires_at]);
    this.model.expect(shown(data) === shown(expected), () => `${data.id} is ${shown(data)}, not ${shown(expected)}`);
  }

  async warehouses(): Promise<void> {
    const [answer] = await this.#get_all(['/api/inventory/warehouses']);
    this.#same_ids('warehouses', [...this.model.warehouses.keys()], answer.body.data.map(({ id }: any) => id));
    for (const { id, name, is_active } of answer.body.data) {
      const expected = this.model.warehouses.get(id);
      this.model.expect(!expected || (expected.name === name && expected.is_active === is_active), () =>
        `${id} is "${name}", ${is_active}, not ${JSON.stringify(expected)}`);
    }
  }

  async tenants(): Promise<void> {
    const listed = await list_admin(this.data, 'tenant.list');
    this.#same_ids('tenants', [...this.model.tenants.keys()], listed.map(({ id }) => id));
    for (const { id, name } of listed) {
      const right = this.model.tenants.get(id) ?? name;
      this.model.expect(name === right, () => `the tenant ${id} is "${name}", not "${right}"`);
    }
  }

  // Each opens the door as long as it was not revoked.
  async keys(): Promise<void> {
    const listed = await list_admin(this.data, 'key.list');
    this.#same_ids('keys', [...this.model.keys.keys()], listed.map(({ id }) => id));
    for (const { id, tenant_id, name, revoked_at } of listed) {
      const right = this.model.keys.get(id);
      this.model.expect(!right || (right.tenant_id === tenant_id && right.name === name && right.is_revoked === (revoked_at !== undefined)), () =>
        `${id} is "${name}" of ${tenant_id}, revoked at ${revoked_at}, not ${JSON.stringify({ ...right, secret: undefined })}`);
    }
    const tried = [...(this.full ? this.model.keys.keys() : this.model.touched_keys)];
    this.model.touched_keys.clear();
    await over_connections(this.url, tried, async (connection, id) => {
      const key = this.model.keys.get(id);
      if (!key?.secret) return;
      const answer = await connection.send({ method: 'GET', path: '/api/inventory?limit=1', key: key.secret });
      this.model.expect(answer?.status === (key.is_revoked ? 401 : 200), () => `${id}, which is ${key.is_revoked ? 'revoked' : 'good'}, gets ${answer?.status}`);
    });
  }

  async items(): Promise<void> {
    this.#held = this.model.held();
    const expected = [...this.model.skus.values()].filter(({ exists }) => exists);
    const found = await this.#walk('/api/inventory?limit=200');
    this.#same_ids('items', expected.map(({ sku }) => sku), found.map(({ sku }) => sku));
    await over_connections(this.url, this.model.skus.values(), async (connection, sku) => {
      const answer = await this.#get(connection, `/api/inventory/${sku.sku}`);
      const right = sku.exists ? 200 : 404;
      this.model.expect(answer.status === right, () => `${sku.sku} should answer ${right}: ${answer.text}`);
      if (answer.status !== 200 || !sku.exists) return;
      const lines = await this.#new_lines(connection, sku);
      this.#check_lines(sku, lines, answer.body.data.version);
      this.#check_record(sku, answer.body.data);
    });
  }

  // The history's lines that no audit has seen (in a full audit: all of them), oldest first.
  async #new_lines(connection: Connection, sku: Sku): Promise<Line[]> {
    const path = `/api/inventory/${sku.sku}/adjustments`;
    if (this.full) {
      const all = (await this.#get(connection, path)).body.data.map(as_line).reverse() as Line[];
      const seen = all.splice(0, sku.audited.length);
      const first = sku.audited.findIndex((line, i) => !same_line(line, seen[i]));
      this.model.expect(first < 0, () => `${sku.sku}: line ${first} was ${JSON.stringify(sku.audited[first])} and is ${JSON.stringify(seen[first])}`);
      return all;
    }
    const last_seen = sku.audited.at(-1)?.id;
    const lines: Line[] = [];
    for (let cursor: string | null = ''; cursor !== null; ) {
      const page: any = (await this.#get(connection, `${path}?limit=200${cursor && `&cursor=${encodeURIComponent(cursor)}`}`)).body;
      const end = page.data.findIndex(({ id }: any) => id === last_seen);
      lines.push(...page.data.slice(0, end < 0 ? undefined : end).map(as_line));
      cursor = end < 0 ? page.meta.nextCursor : null;
    }
    return lines.reverse();
  }

  // Each line was acknowledged, once, and stands where its version says; each begins where the one before it ended.
  #check_lines(sku: Sku, lines: Line[], record_version: number): void {
    let version = 0;
    for (const line of lines) {
      const where = () => `${sku.sku}: ${JSON.stringify(line)}`;
      const acknowledged = sku.fresh.get(line.id);
      const shipment = shipped_line({ sku: sku.sku, warehouse_id: line.warehouse_id, quantity: line.before - line.after }, line.note ?? '');
      if (line.reason === 'order_shipped') {
        const count = sku.shipped.get(shipment) ?? 0;
        this.model.expect(count > 0, () => `${where()} was not acknowledged, or is there twice`);
        if (count > 1) sku.shipped.set(shipment, count - 1);
        else sku.shipped.delete(shipment);
      } else if (!acknowledged) {
        this.model.problem(`${where()} was not acknowledged, or is there twice`);
      } else {
        this.model.expect(same_line(acknowledged, line), () => `${where()} was acknowledged as ${JSON.stringify(acknowledged)}`);
        this.model.expect(acknowledged.version! > version, () => `${where()} has version ${acknowledged.version} and comes after ${version}`);
        version = acknowledged.version!;
        sku.fresh.delete(line.id);
      }
      const before = sku.on_hand.get(line.warehouse_id) ?? 0;
      this.model.expect(line.before === before, () => `${where()} begins with ${line.before}, but ${before} were there`);
      sku.on_hand.set(line.warehouse_id, line.after);
      sku.audited.push(line);
    }
    this.model.counts.lines += lines.length;
    for (const line of sku.fresh.values()) this.model.problem(`${sku.sku}: ${JSON.stringify(line)} is lost`);
    for (const [line, count] of sku.shipped) this.model.problem(`${sku.sku}: the shipment ${line} is lost ${count} times`);
    this.model.expect(version <= record_version, () => `${sku.sku} has version ${record_version}, but ${version} was acknowledged`);
  }

  #check_record(sku: Sku, record: any): void {
    const { title, safety_stock, version, warehouses } = record;
    this.model.expect(title === sku.title && safety_stock === sku.safety_stock, () => `${sku.sku} is "${title}" with ${safety_stock}, not "${sku.title}" with ${sku.safety_stock}`);
    this.model.expect(version === sku.changes, () => `${sku.sku} has version ${version} after ${sku.changes} changes`);
    const shown = new Set<string>();
    for (const { warehouse_id, on_hand, reserved } of warehouses) {
      shown.add(warehouse_id);
      const right = sku.on_hand.get(warehouse_id) ?? 0;
      this.model.expect(on_hand === right, () => `${sku.sku} has ${on_hand} on hand in ${warehouse_id}; its ledger adds up to ${right}`);
      const held = sku.reported.get(warehouse_id)?.reserved ?? this.#held.get(`${sku.sku} ${warehouse_id}`) ?? 0;
      this.model.expect(reserved === held, () => `${sku.sku} has ${reserved} reserved in ${warehouse_id}; what is held adds up to ${held}`);
    }
    for (const [warehouse_id, on_hand] of sku.on_hand) {
      this.model.expect(on_hand === 0 || shown.has(warehouse_id), () => `${sku.sku} has lost its level of ${on_hand} in ${warehouse_id}`);
    }
  }

  #same_ids(what: string, expected: string[], found: string[]): void {
    const there = new Set(found);
    const right = new Set(expected);
    this.model.expect(there.size === found.length, () => `${what}: some are listed twice`);
    for (const id of right) this.model.expect(there.has(id), () => `${what}: ${id} is lost`);
    for (const id of there) this.model.expect(right.has(id), () => `${what}: ${id} was never acknowledged`);
  }

  async #get(connection: Connection, path: string) {
    const answer = await connection.send({ method: 'GET', path, key: this.key });
    if (answer === undefined) throw new Error(`GET ${path} got no answer`);
    return answer;
  }

  async #get_all(paths: string[]) {
    const answers = new Map<string, any>();
    await over_connections(this.url, paths, async (connection, path) => void answers.set(path, await this.#get(connection, path)), 1);
    return paths.map((path) => answers.get(path));
  }

  async #walk(path: string): Promise<any[]> {
    const connection = new Connection(this.url);
    try {
      return await walk<any>(async ({ cursor }) => {
        const answer = await this.#get(connection, `${path}${cursor === undefined ? '' : `&cursor=${encodeURIComponent(cursor)}`}`);
        if (answer.status !== 200) throw new Error(`GET ${path}: ${answer.text}`);
        return answer.body;
      });
    } finally {
      connection.close();
    }
  }
}

function same_line(a: Line, b: Line | undefined): boolean {
  return b !== undefined && a.id === b.id && a.warehouse_id === b.warehouse_id && a.before === b.before && a.after === b.after && a.reason === b.reason && a.note === b.note;
}
