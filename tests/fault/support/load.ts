// Concurrent clients, each on a connection of its own, until they are told to stop or get no answer any more.
import assert from 'node:assert/strict';
import type { Administrator } from './administrator.js';
import { Connection, over_connections, type Answer } from './connection.js';
import { sleep } from '../../api/support/wait.js';
import type { Model } from './model.js';
import type { Operation, Shopper } from './shopper.js';

// The code that leaves the outcome open: the request goes out again under its key.
const undecided = 'UNAVAILABLE';
const ms_between_attempts = 100;
const code_of = (answer: Answer): string | undefined => (answer.status >= 400 ? answer.body?.error?.code : undefined);

// Takes an answer into the model; false when the outcome is still open.
function settle(model: Model, operation: Operation, answer: Answer): boolean {
  const { idempotency_key, method, path, text } = operation;
  const code = code_of(answer);
  if (code === undecided) return false;
  if (answer.status < 300) {
    operation.succeed(answer.body);
    model.acknowledge({ idempotency_key, method, path, text, status: answer.status, answer: answer.text });
  } else {
    const is_right = code !== undefined && operation.refusals.includes(code);
    if (is_right) model.counts.refused += 1;
    else model.problem(`${idempotency_key}: ${method} ${path} ${text ?? ''}: ${answer.status} ${answer.text}`);
    operation.refuse?.(code ?? '');
  }
  return true;
}

export class Load {
  // From now on an answer proves nothing: the power may be off already.
  distrusted = false;
  is_over = false;

  constructor(readonly model: Model, readonly shoppers: Shopper[], readonly administrators: Administrator[], readonly key: string) {}

  stop(): void {
    this.is_over = true;
  }

  // Over all of the servers. Resolves when every client has stopped. The host's people work on the first one's store.
  async run(...servers: { url: string; data: string }[]): Promise<void> {
    this.is_over = false;
    this.distrusted = false;
    const shopping = this.shoppers.map((shopper, i) => this.#shop(servers[i % servers.length].url, shopper));
    await Promise.all([...shopping, ...this.administrators.map((one) => one.work(servers[0].data, this))]);
  }

  async run_for(ms: number, ...servers: { url: string; data: string }[]): Promise<void> {
    const loaded = this.run(...servers);
    await sleep(ms);
    this.stop();
    await loaded;
  }

  async #shop(url: string, shopper: Shopper): Promise<void> {
    const connection = new Connection(url);
    try {
      while (!this.is_over) {
        const operation = shopper.next();
        shopper.pending = operation;
        const answer = await connection.send({ ...operation, key: this.key });
        if (answer === undefined || this.distrusted || !settle(this.model, operation, answer)) {
          this.model.counts.unknown += 1;
          return;
        }
        shopper.pending = undefined;
      }
    } finally {
      connection.close();
    }
  }

  // Whether the server still refuses the first client's open write, sent again under its key. When it does not, the client
  // goes on until it is refused again.
  async is_refused({ url }: { url: string }): Promise<boolean> {
    const shopper = this.shoppers.find(({ pending }) => pending)!;
    const operation = shopper.pending!;
    const connection = new Connection(url);
    const answer = await connection.send({ ...operation, key: this.key });
    connection.close();
    assert(answer !== undefined, `no answer to ${operation.idempotency_key}`);
    if (!settle(this.model, operation, answer)) return true;
    shopper.pending = undefined;
    if (answer.replayed) this.model.counts.unknown_done += 1;
    await this.#shop(url, shopper);
    return false;
  }

  // Sends again, under its key, what has no outcome, and once more to see that the first answer stands. It must be decided
  // at once, or where somebody else has to let go first, within that time.
  async settle_pending({ url, data }: { url: string; data: string }, patience_ms = 0): Promise<void> {
    const end = Date.now() + patience_ms;
    for (const administrator of this.administrators) await administrator.settle(data);
    const open = this.shoppers.filter((shopper) => shopper.pending);
    await over_connections(url, open, async (connection, shopper) => {
      const operation = shopper.pending!;
      let answer = await connection.send({ ...operation, key: this.key });
      while (answer && code_of(answer) === undecided && Date.now() < end) {
        await sleep(ms_between_attempts);
        answer = await connection.send({ ...operation, key: this.key });
      }
      if (answer === undefined || !settle(this.model, operation, answer)) {
        this.model.problem(`${operation.idempotency_key} is not decided by its key: ${answer?.text ?? 'no answer'}`);
        return;
      }
      shopper.pending = undefined;
      if (answer.replayed) this.model.counts.unknown_done += 1;
      if (answer.status < 300) await must_replay(this.model, connection, this.key, { ...operation, status: answer.status, answer: answer.text });
    });
  }
}

// Repeats what succeeded: its own answer must come back, as a replay.
export async function must_replay(model: Model, connection: Connection, key: string, call: { idempotency_key: string; method: string; path: string; text?: string; status: number; answer: string }): Promise<void> {
  const { idempotency_key, method, path, text } = call;
  const again = await connection.send({ method, path, text, key, idempotency_key });
  model.counts.replayed += 1;
  model.expect(again !== undefined && again.replayed && again.status === call.status && again.text === call.answer, () =>
    `${idempotency_key} (${method} ${path}) was answered with ${call.status} ${call.answer}, and under its key again with ${again?.replayed ? 'a replay of ' : ''}${again?.status} ${again?.text}`);
}
