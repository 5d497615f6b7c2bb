// One of the host's own people at random work: makes tenants and keys, and revokes keys. What had no answer is settled
// by asking again: a tenant's name is taken once, a revoked key stays revoked, and a key is known by its name, which
// nobody gives twice.
import { cli_json } from '../../api/support/cli.js';
import { is_url, store_flags } from '../../api/support/store.js';
import { ask_admin, type AdminAnswer } from './admin_channel.js';
import type { Model } from './model.js';
import { Random } from './random.js';

interface Task {
  request: { op: string } & Record<string, unknown>;
  // Codes that are a right answer.
  refusals: string[];
  succeed(result: any): void;
}

const undecided = 'UNAVAILABLE';
const scope = 'inventory:read';

export class Administrator {
  pending: Task | undefined;
  #random: Random;
  #tasks = 0;

  constructor(readonly name: string, readonly model: Model, seed: number) {
    this.#random = new Random(seed, name);
  }

  #next(): Task {
    this.#tasks += 1;
    const roll = this.#random.real();
    if (roll < 0.15) return this.#create_tenant();
    if (roll < 0.65) return this.#create_key();
    return roll < 0.9 ? this.#revoke_key() : this.#ask_what_is_refused();
  }

  #create_tenant(): Task {
    const name = `tenant-${this.name}-${this.#tasks}`;
    const succeed = (result: any) => {
      this.model.expect(result.name === name, () => `the tenant ${name} is answered with ${JSON.stringify(result)}`);
      this.model.tenants.set(result.id, name);
    };
    return { request: { op: 'tenant.create', name }, refusals: [], succeed };
  }

  #create_key(): Task {
    const name = `key-${this.name}-${this.#tasks}`;
    const tenant = this.#random.pick([...this.model.tenants.keys()]);
    const succeed = ({ id, key, tenant_id }: any) => {
      this.model.expect(tenant_id === tenant, () => `${name} was made for ${tenant} and is ${tenant_id}'s`);
      this.model.put_key(id, { tenant_id: tenant, name, secret: key, is_revoked: false });
    };
    return { request: { op: 'key.create', tenant, name, owner: 'admin@shop.example', scopes: [scope] }, refusals: [], succeed };
  }

  // One of its own, now and then one that is revoked already.
  #revoke_key(): Task {
    const own = [...this.model.keys].filter(([, { name, is_revoked }]) => name.startsWith(`key-${this.name}-`) && (!is_revoked || this.#random.chance(0.02)));
    if (own.length === 0) return this.#create_key();
    const [id, key] = this.#random.pick(own);
    const succeed = (result: any) => {
      this.model.expect(result.id === id && result.revoked_at !== undefined, () => `revoking ${id} is answered with ${JSON.stringify(result)}`);
      this.model.put_key(id, { ...key, is_revoked: true });
    };
    return { request: { op: 'key.revoke', id }, refusals: [], succeed };
  }

  #ask_what_is_refused(): Task {
    const nobody = '00000000000000000000000000';
    const [code, request] = this.#random.pick<[string, Task['request']]>([
      ['TENANT_EXISTS', { op: 'tenant.create', name: this.#random.pick([...this.model.tenants.values()]) }],
      ['TENANT_NOT_FOUND', { op: 'key.create', tenant: `ten_${nobody}`, name: 'nobody', owner: 'admin@shop.example', scopes: [scope] }],
      ['KEY_NOT_FOUND', { op: 'key.revoke', id: `key_${nobody}` }],
    ]);
    return { request, refusals: [code], succeed: () => this.model.problem(`${JSON.stringify(request)} was accepted`) };
  }

  // Until it is over, or until the server does not answer.
  async work(data: string, load: { is_over: boolean; distrusted: boolean }): Promise<void> {
    while (!load.is_over) {
      const task = this.#next();
      this.pending = task;
      const answer = await ask_admin(data, task.request);
      if (answer === undefined || load.distrusted || !this.#take(task, answer)) {
        this.model.counts.unknown += 1;
        return;
      }
      this.pending = undefined;
    }
  }

  // False when the outcome is still open.
  #take(task: Task, answer: AdminAnswer): boolean {
    if (answer.code === undecided) return false;
    if (answer.code === undefined) {
      this.model.counts.administered += 1;
      task.succeed(answer.result);
    } else if (task.refusals.includes(answer.code)) {
      this.model.counts.refused += 1;
    } else {
      this.model.problem(`${JSON.stringify(task.request)} is refused: ${answer.code} ${answer.message}`);
    }
    return true;
  }

  // What is still open, decided; the server runs, and nobody else works.
  async settle(data: string): Promise<void> {
    const task = this.pending;
    this.pending = undefined;
    if (!task) return;
    if (await this.#was_done(data, task)) {
      this.model.counts.unknown_done += 1;
      return;
    }
    const answer = await ask_admin(data, task.request);
    if (answer === undefined || !this.#take(task, answer)) this.model.problem(`${JSON.stringify(task.request)} is not decided: ${JSON.stringify(answer)}`);
  }

  // Whether it was, before the server died. Then the model knows it; of a key nobody ever saw the secret.
  async #was_done(data: string, { request }: Task): Promise<boolean> {
    if (request.op === 'key.revoke') return false;
    const listed = await list_admin(data, request.op === 'tenant.create' ? 'tenant.list' : 'key.list');
    const found = listed.filter(({ name }) => name === request.name);
    this.model.expect(found.length < 2, () => `${request.op} of ${request.name} was done ${found.length} times`);
    for (const { id } of found) {
      if (request.op === 'tenant.create') this.model.tenants.set(id, request.name as string);
      else this.model.put_key(id, { tenant_id: request.tenant as string, name: request.name as string, is_revoked: false });
    }
    return found.length > 0;
  }
}

export async function list_admin(data: string, op: 'tenant.list' | 'key.list'): Promise<any[]> {
  // No server has a database for itself.
  if (is_url(data)) return cli_json([...op.split('.'), ...store_flags(data)]);
  const answer = await ask_admin(data, { op });
  if (answer?.code !== undefined || answer === undefined) throw new Error(`${op}: ${JSON.stringify(answer)}`);
  return answer.result;
}
