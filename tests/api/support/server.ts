// Starts the real binary on a store of its own and a free port, and knows its tenants and keys.
import assert from 'node:assert/strict';
import { spawn, type ChildProcess } from 'node:child_process';
import { createInterface } from 'node:readline';
import { after } from 'node:test';
import { clean_env, cli_json } from './cli.js';
import { binary } from './paths.js';
import { Shop } from './shop.js';
import { new_store, store_flags } from './store.js';

export type LogLine = Record<string, unknown>;

export interface KeyOptions { name?: string; owner?: string; expires?: string; rate_limit?: number }

const children = new Set<ChildProcess>();
process.on('exit', () => {
  for (const child of children) child.kill('SIGKILL');
});

export class Server {
  url = '';
  // Everything it has logged, over all its starts.
  readonly log: LogLine[] = [];
  // What it printed that is not a JSON line.
  readonly other_output: string[] = [];
  // A folder, or the URL of a database.
  readonly store: string;
  readonly #flags: string[];
  #child: ChildProcess | undefined;
  #exited: Promise<{ code: number | null; signal: string | null }> = Promise.resolve({ code: 0, signal: null });
  #tenants = 0;

  constructor(flags: string[] = [], store = new_store()) {
    this.#flags = flags;
    this.store = store;
  }

  get port(): number {
    return Number(new URL(this.url).port);
  }

  get pid(): number {
    return this.#child!.pid!;
  }

  // Serves the store; again after stop() or kill(), then on another port.
  async start(): Promise<void> {
    const args = ['serve', ...store_flags(this.store), '--listen', '127.0.0.1:0', '--json', ...this.#flags];
    const child = spawn(binary, args, { env: clean_env(), stdio: ['ignore', 'pipe', 'pipe'] });
    this.#child = child;
    children.add(child);
    this.#exited = new Promise((resolve) => child.on('close', (code, signal) => resolve({ code, signal })));
    const listening = new Promise<string>((resolve) => {
      for (const stream of [child.stdout, child.stderr]) {
        createInterface({ input: stream! }).on('line', (line) => {
          const entry = this.#record(line);
          if (entry?.event === 'listening' && typeof entry.url === 'string') resolve(entry.url);
        });
      }
    });
    const died = this.#exited.then(({ code, signal }) => {
      throw new Error(`the server ended (${code ?? signal}) before it listened:\n${this.#last_words()}`);
    });
    died.catch(() => {});
    this.url = await Promise.race([listening, died]);
  }

  // Asks it to stop and waits. A server that is asked to stop ends well.
  async stop(): Promise<void> {
    if (!this.#child) return;
    this.#child.kill('SIGTERM');
    const { code, signal } = await this.#exited;
    this.#forget();
    assert.equal(code, 0, `SIGTERM: the server ended with ${code ?? signal}\n${this.#last_words()}`);
  }

  // As a power cut does.
  async kill(): Promise<void> {
    this.#child?.kill('SIGKILL');
    await this.#exited;
    this.#forget();
  }

  async restart(): Promise<void> {
    await this.stop();
    await this.start();
  }

  cli(...args: string[]) {
    return cli_json([...args, ...store_flags(this.store)]);
  }

  async create_key(tenant: string, scopes: string[], options: KeyOptions = {}): Promise<{ id: string; key: string }> {
    const flags = scopes.flatMap((scope) => ['--scope', scope]);
    if (options.expires) flags.push('--expires', options.expires);
    if (options.rate_limit !== undefined) flags.push('--rate-limit', String(options.rate_limit));
    const { name = 'test', owner = 'anna@shop.example' } = options;
    return this.cli('key', 'create', '--tenant', tenant, '--name', name, '--owner', owner, ...flags);
  }

  // A new tenant with one key (every scope unless told), ready to be used.
  async open_shop(scopes: string[] = ['*'], options: KeyOptions = {}): Promise<Shop> {
    this.#tenants += 1;
    const tenant = await this.cli('tenant', 'create', `tenant-${process.pid}-${this.#tenants}`);
    const { key } = await this.create_key(tenant.id, scopes, options);
    return new Shop(this, tenant.id, key);
  }

  #record(line: string): LogLine | undefined {
    try {
      const entry = JSON.parse(line) as LogLine;
      this.log.push(entry);
      return entry;
    } catch {
      this.other_output.push(line);
      return undefined;
    }
  }

  #last_words(): string {
    return [...this.log.slice(-5).map((entry) => JSON.stringify(entry)), ...this.other_output.slice(-20)].join('\n');
  }

  #forget(): void {
    if (this.#child) children.delete(this.#child);
    this.#child = undefined;
  }
}

// A running server that stops, and must stop well, when the tests of this file are done.
export async function start_server(flags: string[] = []): Promise<Server> {
  const server = new Server(flags);
  await server.start();
  after(() => server.stop());
  return server;
}
