// Machines for want of containers: network namespaces on a bridge, each with an address and a root of its own to mount
// things in, and names for those which run: in a file of hosts, and from a name server for what asks only that.
import { execFile, execFileSync, spawn, type ChildProcess } from 'node:child_process';
import { once } from 'node:events';
import { writeFileSync } from 'node:fs';
import { promisify } from 'node:util';
import { temporary_folder } from './folders.js';
import { NameServer } from './name_server.js';

const run = promisify(execFile);
const ip = (...args: string[]) => execFileSync('ip', args, { stdio: ['ignore', 'ignore', 'pipe'] });

const restart_ms = 200;

const open = new Set<Boxes>();
process.on('exit', () => {
  for (const boxes of open) boxes.remove();
});

export interface Program { user: string; env: Record<string, string>; command: string[]; mounts?: string; privileges?: string[] }

export class Boxes {
  readonly #subnet = `10.214.${process.pid & 255}`;
  readonly #bridge = `nxb${process.pid}`;
  readonly #resolv_conf = temporary_folder();
  readonly #hosts = temporary_folder();
  readonly #running = new Map<string, { child: ChildProcess; address: string; program: Program }>();
  readonly #namespaces = new Set<string>();
  readonly #lines: string[] = [];
  #names: NameServer | undefined;
  #addresses = 1;

  // The reason when this machine does not let us have them.
  static async open(): Promise<Boxes | string> {
    const boxes = new Boxes();
    open.add(boxes);
    try {
      await boxes.#set_up();
      return boxes;
    } catch (error) {
      boxes.remove();
      return `no machines of its own: ${String((error as { stderr?: Buffer }).stderr?.toString().trim() || error)}`;
    }
  }

  async #set_up(): Promise<void> {
    ip('link', 'add', this.#bridge, 'type', 'bridge');
    ip('addr', 'add', `${this.#subnet}.1/24`, 'dev', this.#bridge);
    ip('link', 'set', this.#bridge, 'up');
    this.#names = await NameServer.open(`${this.#subnet}.1`);
    this.#write_hosts();
    writeFileSync(this.#resolv_conf, `nameserver ${this.#subnet}.1\n`);
    ip('netns', 'add', this.#namespace('probe'));
  }

  // Whoever has it mounted sees the change.
  #write_hosts(): void {
    const lines = [...this.#running].map(([name, { address }]) => `${address} ${name}\n`);
    writeFileSync(this.#hosts, `127.0.0.1 localhost\n${lines.join('')}`);
  }

  #namespace(name: string): string {
    const namespace = `nexus${process.pid}${name}`;
    this.#namespaces.add(namespace);
    return namespace;
  }

  #as({ user, privileges = [] }: Program, command: string[]): string[] {
    const group = String(execFileSync('id', ['-g', user])).trim();
    return ['setpriv', '--reuid', user, '--regid', group, '--clear-groups', ...privileges, '--pdeathsig', 'KILL', ...command];
  }

  // What ends by itself is started again. Where there was one of that name before, the new one has another address.
  start(name: string, program: Program): void {
    const [namespace, cable] = [this.#namespace(name), `nx${process.pid}${this.#addresses}`];
    this.#addresses += 1;
    const address = `${this.#subnet}.${this.#addresses}`;
    ip('netns', 'add', namespace);
    ip('link', 'add', cable, 'type', 'veth', 'peer', 'name', 'eth0', 'netns', namespace);
    ip('link', 'set', cable, 'master', this.#bridge, 'up');
    for (const command of [['addr', 'add', `${address}/24`, 'dev', 'eth0'], ['link', 'set', 'eth0', 'up'], ['link', 'set', 'lo', 'up']]) ip('-n', namespace, ...command);
    this.#names?.set(name, address);
    this.#running.set(name, { child: this.#launch(name, program), address, program });
    this.#write_hosts();
  }

  #launch(name: string, program: Program): ChildProcess {
    const script = `mount --bind ${this.#resolv_conf} /etc/resolv.conf && mount --bind ${this.#hosts} /etc/hosts && ${program.mounts ?? 'true'} && exec "$@"`;
    const child = spawn('ip', ['netns', 'exec', this.#namespace(name), 'sh', '-c', script, 'sh', ...this.#as(program, program.command)], { env: { PATH: process.env.PATH, ...program.env }, stdio: ['ignore', 'pipe', 'pipe'] });
    for (const stream of [child.stdout, child.stderr]) stream.on('data', (text) => this.#lines.push(`${name}: ${text}`));
    // One that a signal ended stays down: it crashed.
    child.once('exit', (code) => {
      const restart = () => {
        const box = this.#running.get(name);
        if (box?.child === child) box.child = this.#launch(name, program);
      };
      if (code !== null) setTimeout(restart, restart_ms).unref();
    });
    return child;
  }

  // Another command there, as the same user; what it prints. Fails when it does.
  async exec(name: string, ...command: string[]): Promise<string> {
    const { program, child } = this.#running.get(name)!;
    const { stdout } = await run('nsenter', ['--target', String(child.pid), '--mount', '--net', '--', ...this.#as(program, command)], { env: { PATH: process.env.PATH, ...program.env } });
    return stdout.trim();
  }

  // With all that it started, and its address.
  async kill(name: string): Promise<void> {
    const { child } = this.#running.get(name)!;
    this.#running.delete(name);
    this.#write_hosts();
    this.#names?.set(name, undefined);
    const ended = child.exitCode === null && child.signalCode === null ? once(child, 'close') : undefined;
    this.#end(this.#namespace(name));
    await ended;
  }

  #end(namespace: string): void {
    this.#namespaces.delete(namespace);
    try {
      const pids = String(execFileSync('ip', ['netns', 'pids', namespace], { stdio: 'pipe' })).split('\n').filter(Boolean).map(Number);
      for (const pid of pids) process.kill(pid, 'SIGKILL');
      ip('netns', 'del', namespace);
    } catch {
      // It was never made, or ends by itself.
    }
  }

  address_of(name: string): string {
    return this.#running.get(name)!.address;
  }

  last_words(): string {
    return this.#lines.slice(-40).join('');
  }

  remove(): void {
    open.delete(this);
    for (const namespace of [...this.#namespaces]) this.#end(namespace);
    this.#names?.close();
    this.#names = undefined;
    try {
      ip('link', 'del', this.#bridge);
    } catch {
      // It was never made.
    }
  }
}
