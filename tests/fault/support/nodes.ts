// Several servers on one database.
import assert from 'node:assert/strict';
import { until } from '../../api/support/wait.js';
import { Connection, type Answer } from './connection.js';
import { ServerProcess } from './process.js';

export class Nodes {
  private constructor(readonly all: readonly ServerProcess[]) {}

  // They run already.
  static of(...all: ServerProcess[]): Nodes {
    return new Nodes(all);
  }

  static async start(store: string, count: number): Promise<Nodes> {
    const nodes = new Nodes(Array.from({ length: count }, () => new ServerProcess(store)));
    // The first makes the tables; the others may well come at the same time.
    await Promise.all(nodes.all.map((node) => node.must_start()));
    return nodes;
  }

  get first(): ServerProcess {
    return this.all[0];
  }

  get urls(): string[] {
    return this.all.map(({ url }) => url);
  }

  // A key of a new tenant that may do everything.
  async open_tenant(name: string): Promise<string> {
    const tenant = await this.first.cli('tenant', 'create', name);
    return (await this.first.cli('key', 'create', '--tenant', tenant.id, '--name', 'load', '--owner', 'load@shop.example', '--scope', '*')).key;
  }

  // Until each of them says so by /readyz.
  async are(state: 'ready' | 'not ready'): Promise<void> {
    const right = state === 'ready' ? 200 : 503;
    await until(async () => (await Promise.all(this.all.map((node) => node.get('/readyz')))).every((answer) => answer?.status === right));
  }

  async kill(): Promise<void> {
    for (const node of this.all) await node.kill();
  }
}

// Each of the answers says that it cannot be told: neither success nor refusal, and in the words of the API.
export async function must_be_unavailable(url: string, key: string, calls: { method: string; path: string; text?: string; idempotency_key?: string }[]): Promise<void> {
  await Promise.all(calls.map(async (call) => {
    const answer = await send_once(url, { ...call, key });
    assert.deepEqual([answer?.status, answer?.body?.error?.code], [503, 'UNAVAILABLE'], `${call.method} ${call.path}: ${answer?.text}`);
  }));
}

export async function send_once(url: string, call: Parameters<Connection['send']>[0]): Promise<Answer | undefined> {
  const connection = new Connection(url);
  try {
    return await connection.send(call);
  } finally {
    connection.close();
  }
}
