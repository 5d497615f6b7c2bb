// The server as a process that can be ended in any way, over and over, on the same store.
import assert from 'node:assert/strict';
import { spawn, type ChildProcess } from 'node:child_process';
import { mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import { cli, cli_json, clean_env } from '../../api/support/cli.js';
import { binary } from '../../api/support/paths.js';
import { store_flags } from '../../api/support/store.js';
import { Connection } from './connection.js';

const alive = new Set<ChildProcess>();
process.on('exit', () => {
  for (const child of alive) child.kill('SIGKILL');
});

export interface StartOptions {
  flags?: string[];
  env?: Record<string, string>;
  within?: string[]; // a command that runs the one which follows it, in its own place
}

export interface End { code: number | null; signal: string | null }

const patience_ms = 60_000;

// A promise can be broken only in a store that says so.
function permit_breaking(data: string): void {
  mkdirSync(data, { recursive: true });
  writeFileSync(join(data, 'may-be-broken'), '');
}

export class ServerProcess {
  url = '';
  #child: ChildProcess | undefined;
  #ended: Promise<End> = Promise.resolve({ code: 0, signal: null });
  #last_lines: string[] = [];

  // `data` is a folder, or the URL of a database.
  constructor(readonly data: string) {}

  // Resolves once it listens; with how it ended when it ends before.
  async start({ flags = [], env = {}, within = [] }: StartOptions = {}): Promise<'listening' | End> {
    if (env.NEXUS_TEST_BREAK) permit_breaking(this.data);
    const args = ['serve', ...store_flags(this.data), '--listen', '127.0.0.1:0', '--access-log', 'off', '--failed-attempts', '0', '--json', ...flags];
    const [program, ...rest] = [...within, binary, ...args];
    const child = spawn(program, rest, { env: clean_env(env), stdio: ['ignore', 'pipe', 'pipe'] });
    alive.add(child);
    this.#child = child;
    this.#last_lines = [];
    this.#ended = new Promise((resolve, reject) => {
      child.on('error', reject);
      child.on('close', (code, signal) => {
        alive.delete(child);
        resolve({ code, signal });
      });
    });
    const listening = new Promise<'listening'>((resolve) => {
      for (const stream of [child.stdout, child.stderr]) {
        createInterface({ input: stream! }).on('line', (line) => {
          this.#last_lines.push(line);
          if (this.#last_lines.length > 20) this.#last_lines.shift();
          const url = line.includes('"listening"') ? JSON.parse(line).url : undefined;
          if (url === undefined) return;
          this.url = url;
          resolve('listening');
        });
      }
    });
    return this.#in_time(Promise.race([listening, this.#ended]), 'neither listens nor ends');
  }

  async #in_time<T>(outcome: Promise<T>, complaint: string): Promise<T> {
    let timer: NodeJS.Timeout | undefined;
    const late = new Promise<never>((_, reject) => {
      timer = setTimeout(() => reject(new Error(`for ${patience_ms} ms the server ${complaint}\n${this.last_words()}`)), patience_ms);
    });
    try {
      return await Promise.race([outcome, late]);
    } finally {
      clearTimeout(timer);
    }
  }

  // Starts it; it must come up.
  async must_start(options: StartOptions = {}): Promise<void> {
    const outcome = await this.start(options);
    assert.equal(outcome, 'listening', `the server ended (${JSON.stringify(outcome)}) before it listened\n${this.last_words()}`);
  }

  signal(name: 'SIGTERM' | 'SIGKILL'): void {
    this.#child?.kill(name);
  }

  get pid(): number {
    return this.#child!.pid!;
  }

  // However long that takes.
  ended(): Promise<End> {
    return this.#ended;
  }

  // How it ends; it must, and soon.
  dies(): Promise<End> {
    return this.#in_time(this.#ended, 'goes on');
  }

  async kill(): Promise<void> {
    this.signal('SIGKILL');
    await this.dies();
  }

  async stop(): Promise<void> {
    this.signal('SIGTERM');
    const end = await this.dies();
    assert.deepEqual(end, { code: 0, signal: null }, `SIGTERM does not end the server well\n${this.last_words()}`);
  }

  last_words(): string {
    return this.#last_lines.join('\n');
  }

  // A subcommand on its store, whether or not it runs.
  cli(...args: string[]): Promise<any> {
    return cli_json([...args, ...store_flags(this.data)]);
  }
  try_cli(...args: string[]) {
    return cli([...args, ...store_flags(this.data), '--json']);
  }

  // One request without a key; undefined when no answer came.
  async get(path: string) {
    const connection = new Connection(this.url);
    try {
      return await connection.send({ method: 'GET', path });
    } finally {
      connection.close();
    }
  }

  // A figure of /metrics.
  async figure(name: string): Promise<number> {
    const answer = await this.get('/metrics');
    const line = answer?.text.split('\n').find((text) => text.startsWith(`${name} `) || text.startsWith(`${name}{`));
    assert(line, `/metrics has no ${name}`);
    return Number(line.slice(line.lastIndexOf(' ') + 1));
  }
}
