// A network of a test's own: a namespace that is joined to this one by a cable, and cut off from it without a sound.
import { execFileSync } from 'node:child_process';
import { connect } from 'node:net';

const networks = new Set<Network>();
process.on('exit', () => {
  for (const network of networks) network.remove();
});

const reach_patience_ms = 2000;

// Ran `program` with `input`; the output of a failure is in the error.
function run(program: string, args: string[], input = ''): void {
  execFileSync(program, args, { input, stdio: ['pipe', 'ignore', 'pipe'] });
}

// What no longer passes: what goes in, what comes out, or both.
export type Cut = 'requests' | 'answers' | 'everything';

export class Network {
  readonly namespace = `nexus${process.pid}`;
  // Inside.
  readonly address: string;
  readonly #subnet = `10.213.${process.pid & 255}`;
  readonly #host_end = `nx${process.pid}h`;
  readonly #inner_end = `nx${process.pid}i`;

  private constructor() {
    const base = ((process.pid >> 8) & 63) * 4;
    this.address = `${this.#subnet}.${base + 2}`;
    const inside = ['netns', 'exec', this.namespace, 'ip'];
    run('ip', ['netns', 'add', this.namespace]);
    networks.add(this);
    run('ip', ['link', 'add', this.#host_end, 'type', 'veth', 'peer', 'name', this.#inner_end, 'netns', this.namespace]);
    run('ip', ['addr', 'add', `${this.#subnet}.${base + 1}/30`, 'dev', this.#host_end]);
    run('ip', ['link', 'set', this.#host_end, 'up']);
    run('ip', [...inside, 'addr', 'add', `${this.address}/30`, 'dev', this.#inner_end]);
    run('ip', [...inside, 'link', 'set', this.#inner_end, 'up']);
    run('ip', [...inside, 'link', 'set', 'lo', 'up']);
  }

  // The reason when this machine does not let us have one, or does not let us cut it.
  static create(): Network | string {
    try {
      const network = new Network();
      network.cut('everything');
      network.heal();
      return network;
    } catch (error) {
      for (const network of networks) network.remove();
      return `no network of its own: ${String((error as { stderr?: Buffer }).stderr?.toString().trim() || error)}`;
    }
  }

  // From now on packets vanish; neither side is told.
  cut(what: Cut): void {
    const drop = (hook: string, device: string) => `chain ${hook} { type filter hook ${hook} priority 0; policy accept; ${device} "${this.#inner_end}" drop; }\n`;
    const rules = (what === 'answers' ? '' : drop('input', 'iifname')) + (what === 'requests' ? '' : drop('output', 'oifname'));
    // nft wants each statement on a line of its own.
    const text = `table inet cut {\n${rules.replaceAll(/([{;]) /g, '$1\n')}}\n`;
    run('ip', ['netns', 'exec', this.namespace, 'nft', '-f', '-'], text);
  }

  // Also where nothing is cut.
  heal(): void {
    run('ip', ['netns', 'exec', this.namespace, 'nft', 'add table inet cut; delete table inet cut']);
  }

  // Whether one gets from here to that port of the address.
  reaches(port: number): Promise<boolean> {
    return new Promise((resolve) => {
      const socket = connect({ host: this.address, port, timeout: reach_patience_ms });
      const tell = (is_reached: boolean) => () => {
        socket.destroy();
        resolve(is_reached);
      };
      socket.on('connect', tell(true)).on('error', tell(false)).on('timeout', tell(false));
    });
  }

  remove(): void {
    networks.delete(this);
    try {
      run('ip', ['netns', 'del', this.namespace]);
    } catch {
      // It was never made.
    }
  }
}
