// Contenders on connections of their own, and the history of what they did.
import { Connection, over_connections } from './connection.js';
import { Contender, type Pool } from './contender.js';
import { Recorder, type History, type Operation } from './history.js';

export interface ContestOptions { seed: number; clients?: number; skus?: number; prefix?: string }

const warehouses = 2;
const opening_stock = 200;

export class Contest {
  readonly recorder: Recorder;
  #contenders: Contender[];
  #is_over = false;

  private constructor(readonly key: string, { seed, clients = 16, skus = 4, prefix = 'SKU' }: ContestOptions) {
    this.recorder = new Recorder(key, Array.from({ length: skus }, (_, i) => `${prefix}-${i}`));
    const pool: Pool = { held: [], synced: 0 };
    this.#contenders = Array.from({ length: clients }, (_, i) => new Contender(`${prefix}-c${i}`, this.recorder.skus, warehouses, pool, seed));
  }

  // With items and warehouses of its own.
  static async open(url: string, key: string, options: ContestOptions): Promise<Contest> {
    const contest = new Contest(key, options);
    await contest.recorder.open(url, warehouses, opening_stock);
    return contest;
  }

  stop(): void {
    this.#is_over = true;
  }

  // Over all of the servers, until stop(), or until a client's server does not answer.
  async run(...urls: string[]): Promise<void> {
    this.#is_over = false;
    await Promise.all(this.#contenders.map(async (contender, i) => {
      const connection = new Connection(urls[i % urls.length]);
      try {
        while (!this.#is_over) {
          const { name, request } = contender.next();
          const operation = await this.recorder.perform(connection, name, request);
          if (!operation.outcome) return;
          contender.learn(operation);
        }
      } finally {
        connection.close();
      }
    }));
  }

  // Decides by their keys what had no answer and is chosen; the number of them.
  async settle(url: string, choose: () => boolean): Promise<number> {
    const unknown = this.recorder.operations.filter(({ outcome }) => !outcome).filter(choose);
    await over_connections(url, unknown, (connection, operation: Operation) => this.recorder.settle(connection, operation));
    for (const operation of unknown) this.#contenders[0].learn(operation);
    return unknown.length;
  }

  finish(url: string): Promise<History> {
    return this.recorder.finish(url);
  }
}

// How many of each kind there are in it.
export function contents({ operations }: History): string {
  const counts = new Map<string, number>();
  for (const { request, outcome } of operations) {
    const kind = outcome?.kind === 'refused' ? `${request.kind} refused with ${outcome.code}` : request.kind;
    counts.set(kind, (counts.get(kind) ?? 0) + 1);
  }
  return [...counts].sort().map(([kind, count]) => `${count} ${kind}`).join(', ');
}
