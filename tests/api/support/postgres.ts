// A real PostgreSQL server in a folder of its own on a free port, gone with the process that started it. Where that is
// root, it runs as the user `postgres`, for it refuses to run as root.
import assert from 'node:assert/strict';
import { execFile, execFileSync, spawn, type ChildProcess } from 'node:child_process';
import { existsSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import type { Socket } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import { promisify } from 'node:util';
import { free_port } from './ports.js';
import { until } from './wait.js';

const binaries = process.env.NEXUS_TEST_POSTGRESQL_BIN ?? '/usr/lib/postgresql/15/bin';
const run = promisify(execFile);
const is_root = process.getuid?.() === 0;

// Why there can be none here; undefined when there can.
export const why_no_postgres = existsSync(join(binaries, 'postgres')) ? undefined : `PostgreSQL is not installed in ${binaries}`;

// The service's role in the database. Its password has what a URL must escape.
const role = 'nexus';
const password = 'open:sesame/@1';

const running = new Set<Postgres>();
const folders = new Set<string>();
process.on('exit', () => {
  for (const server of running) server.kill();
  for (const folder of folders) rmSync(folder, { recursive: true, force: true });
});

// The command as the user that may run the server. A signal ends it with this process, however that ends.
function as_owner(program: string, ...args: string[]): [string, string[]] {
  const line = [join(binaries, program), ...args];
  const identity = is_root ? ['--reuid', 'postgres', '--regid', 'postgres', '--init-groups'] : [];
  return ['setpriv', [...identity, '--pdeathsig', 'QUIT', ...line]];
}

export interface PostgresOptions {
  settings?: Record<string, string>;
  // The address that it listens on, in the network namespace of that name.
  address?: string;
  namespace?: string;
  // A free one, unless it is to come in another one's place.
  port?: number;
}

// What another process needs to reach a running server.
export interface PostgresAt { socket: string; port: number; address: string }

// Runs SQL as the superuser, over the socket in the server's folder, which no network stands between. Each row is a line,
// its columns are apart by `|`.
function psql_arguments({ socket, port }: PostgresAt, sql: string): string[] {
  return ['--no-psqlrc', '-qAt', '-v', 'ON_ERROR_STOP=1', '-h', socket, '-p', String(port), '-U', 'postgres', '-d', 'postgres', '-c', sql];
}

export async function query(at: PostgresAt, sql: string): Promise<string> {
  return (await run(join(binaries, 'psql'), psql_arguments(at, sql))).stdout.trim();
}

// Everything in it as SQL.
export async function dump(url: string): Promise<string> {
  return (await run(join(binaries, 'pg_dump'), ['--dbname', url], { maxBuffer: 2 ** 28 })).stdout;
}

// Runs SQL in the database of the URL, as the service's role.
export async function execute(url: string, sql: string): Promise<void> {
  await run(join(binaries, 'psql'), ['--no-psqlrc', '-q', '-v', 'ON_ERROR_STOP=1', '--dbname', url, '-c', sql]);
}

let databases = 0;

// The URL of a new, empty database. Other servers that are to hold it too, or may come to, are named with it.
export function create_database(at: PostgresAt, ...others: PostgresAt[]): string {
  databases += 1;
  const name = `nexus_${process.pid}_${databases}`;
  execFileSync(join(binaries, 'psql'), psql_arguments(at, `CREATE DATABASE ${name} OWNER ${role}`));
  const hosts = [at, ...others].map(({ address, port }) => `${address}:${port}`).join(',');
  return `postgresql://${role}:${encodeURIComponent(password)}@${hosts}/${name}${others.length > 0 ? '?target_session_attrs=read-write' : ''}`;
}

export class Postgres implements PostgresAt {
  port: number;
  readonly address: string;
  readonly socket: string;
  readonly #data: string;
  #child: ChildProcess | undefined;
  #ended: Promise<unknown> = Promise.resolve();
  #last_lines: string[] = [];

  private constructor(readonly folder: string, readonly options: PostgresOptions) {
    this.socket = folder;
    this.#data = join(folder, 'data');
    this.address = options.address ?? '127.0.0.1';
    this.port = options.port ?? 0;
  }

  static #in_new_folder(options: PostgresOptions): Postgres {
    const folder = mkdtempSync(join(tmpdir(), 'nexus-postgres-'));
    folders.add(folder);
    if (is_root) execFileSync('chown', ['postgres:', folder]);
    return new Postgres(folder, options);
  }

  // An empty cluster with the service's role, running.
  static async start(options: PostgresOptions = {}): Promise<Postgres> {
    const server = Postgres.#in_new_folder(options);
    await run(...as_owner('initdb', '-D', server.#data, '--no-sync', '--auth=trust', '--username=postgres', '--encoding=UTF8', '--locale=C'));
    const rules = ['local all all trust', 'local replication all trust', 'host all all 0.0.0.0/0 scram-sha-256'];
    writeFileSync(join(server.#data, 'pg_hba.conf'), `${rules.join('\n')}\n`);
    await server.start();
    await server.query(`CREATE ROLE ${role} LOGIN PASSWORD '${password}'`);
    return server;
  }

  // A copy that follows this one, running.
  async start_standby(name: string, options: PostgresOptions = {}): Promise<Postgres> {
    const standby = Postgres.#in_new_folder(options);
    const source = `host=${this.socket} port=${this.port} user=postgres application_name=${name}`;
    await run(...as_owner('pg_basebackup', '-D', standby.#data, '-d', source, '--write-recovery-conf', '--checkpoint=fast', '--no-sync'));
    await standby.start();
    return standby;
  }

  // Acknowledges only what the standby of that name has on its disk, too.
  async wait_for_standby(name: string): Promise<void> {
    await this.query(`ALTER SYSTEM SET synchronous_standby_names = '${name}'`);
    await this.query('SELECT pg_reload_conf()');
    await until(async () => (await this.query(`SELECT sync_state FROM pg_stat_replication WHERE application_name = '${name}'`)) === 'sync');
  }

  // Again after stop() or kill(), on the same port.
  async start(): Promise<void> {
    for (let attempts = 1; ; attempts += 1) {
      const is_new = this.port === 0;
      if (is_new) this.port = await free_port();
      if (await this.#comes_up()) return;
      assert(attempts < 5, `PostgreSQL does not start:\n${this.#last_lines.join('\n')}`);
      if (is_new) this.port = 0;
    }
  }

  async #comes_up(): Promise<boolean> {
    // Nothing here cuts the machine's power, and what a killed process wrote is written.
    const settings: Record<string, string> = {
      fsync: 'off', port: String(this.port), listen_addresses: this.address, unix_socket_directories: this.socket, max_connections: '100', shared_buffers: '64MB',
      ...this.options.settings,
    };
    const flags = Object.entries(settings).flatMap(([name, value]) => ['-c', `${name}=${value}`]);
    const [program, args] = as_owner('postgres', '-D', this.#data, ...flags);
    const inside = this.options.namespace ? ['ip', 'netns', 'exec', this.options.namespace] : [];
    const [first, ...rest] = [...inside, program, ...args];
    const child = spawn(first, rest, { stdio: ['ignore', 'ignore', 'pipe'] });
    this.#child = child;
    this.#last_lines = [];
    running.add(this);
    const ended = new Promise<boolean>((resolve) => child.on('close', () => resolve(false)));
    this.#ended = ended;
    const ready = new Promise<boolean>((resolve) => {
      createInterface({ input: child.stderr! }).on('line', (line) => {
        this.#last_lines.push(line);
        if (this.#last_lines.length > 40) this.#last_lines.shift();
        if (/database system is ready to accept/.test(line)) resolve(true);
      });
    });
    const is_up = await Promise.race([ready, ended]);
    // Nobody waits for it to end but who stops it.
    child.unref();
    (child.stderr as Socket).unref();
    if (!is_up) this.#forget();
    return is_up;
  }

  query(sql: string): Promise<string> {
    return query(this, sql);
  }

  create_database(...others: PostgresAt[]): string {
    return create_database(this, ...others);
  }

  // The URL of one of its databases, by way of its folder in place of the network.
  url_by_socket(url: string): string {
    return url.replace(/@[^/]*\//, `@${encodeURIComponent(this.socket)}:${this.port}/`);
  }

  // A standby becomes a server of its own.
  async promote(): Promise<void> {
    await this.query('SELECT pg_promote(true, 60)');
  }

  // In good order, which ends every connection.
  async stop(): Promise<void> {
    this.#child?.ref();
    this.#child?.kill('SIGINT');
    await this.#ended;
    this.#forget();
  }

  // As a power cut does: nothing says goodbye.
  kill(): void {
    const pid = this.#child?.pid;
    if (pid === undefined) return;
    // Stopped first, so that it starts no more of them.
    this.#signal(pid, 'SIGSTOP');
    for (const one of this.#processes()) this.#signal(one, 'SIGKILL');
    this.#remove_shared_memory();
    this.#forget();
  }

  // Neither works nor ends, as a machine that hangs; until `resume`.
  pause(): void {
    for (const pid of this.#processes()) this.#signal(pid, 'SIGSTOP');
  }

  resume(): void {
    for (const pid of this.#processes()) this.#signal(pid, 'SIGCONT');
  }

  // It and what it started.
  #processes(): number[] {
    const pid = this.#child?.pid;
    if (pid === undefined) return [];
    return [pid, ...readFileSync(`/proc/${pid}/task/${pid}/children`, 'utf8').trim().split(' ').filter(Boolean).map(Number)];
  }

  #signal(pid: number, name: 'SIGSTOP' | 'SIGCONT' | 'SIGKILL'): void {
    try {
      process.kill(pid, name);
    } catch {
      // It has ended by itself.
    }
  }

  // The segment that tells a starting server of one that runs; a killed one leaves it behind.
  #remove_shared_memory(): void {
    try {
      const id = readFileSync(join(this.#data, 'postmaster.pid'), 'utf8').split('\n')[6].trim().split(/\s+/)[1];
      execFileSync('ipcrm', ['-m', id], { stdio: 'ignore' });
    } catch {
      // There was none.
    }
  }

  #forget(): void {
    running.delete(this);
    this.#child = undefined;
  }
}
