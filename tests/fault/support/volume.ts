// Small file systems of a test's own: one in memory that can be filled up, one on a loop device whose power can be cut.
import assert from 'node:assert/strict';
import { execFileSync, spawn } from 'node:child_process';
import { closeSync, fdatasyncSync, mkdirSync, openSync, rmSync, truncateSync, writeFileSync, writeSync } from 'node:fs';
import { once } from 'node:events';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { temporary_folder } from './folders.js';

const helper = join(dirname(fileURLToPath(import.meta.url)), '../../power_cut');
const mounted = new Set<string>();
// Before the folders beneath are removed.
process.prependListener('exit', () => {
  for (const folder of mounted) run('umount', '-l', folder);
});

// What it printed on failure; undefined when it went well.
function run(program: string, ...args: string[]): string | undefined {
  try {
    execFileSync(program, args, { stdio: ['ignore', 'ignore', 'pipe'], encoding: 'utf8' });
    return undefined;
  } catch (error) {
    return `${program} ${args[0]}: ${String((error as { stderr?: string }).stderr || error).trim()}`;
  }
}

function must_run(program: string, ...args: string[]): void {
  const failure = run(program, ...args);
  assert.equal(failure, undefined, failure);
}

export class Volume {
  private constructor(readonly folder: string, readonly image?: string) {}

  // The reason when this machine does not let us have one.
  static in_memory(megabytes: number): Volume | string {
    const volume = new Volume(temporary_folder());
    mkdirSync(volume.folder);
    const failure = run('mount', '-t', 'tmpfs', '-o', `size=${megabytes}m`, 'tmpfs', volume.folder);
    if (failure) return failure;
    mounted.add(volume.folder);
    return volume;
  }

  // ext4 that writes nothing back by itself for five minutes. The reason when this machine does not let us have one, or
  // does not let us cut its power.
  static async on_loop_device(megabytes: number): Promise<Volume | string> {
    const folder = temporary_folder();
    const image = `${folder}.ext4`;
    mkdirSync(folder);
    writeFileSync(image, '');
    truncateSync(image, megabytes * 2 ** 20);
    const volume = new Volume(folder, image);
    const failure = run('mkfs.ext4', '-q', '-F', image) ?? volume.#mount() ?? (await volume.cut_power());
    if (failure) return failure;
    volume.remount();
    return volume;
  }

  #mount(): string | undefined {
    const failure = run('mount', '-o', 'loop,commit=300', this.image!, this.folder);
    if (!failure) mounted.add(this.folder);
    return failure;
  }

  // What was not synced is gone when it resolves; nothing works on the volume until it is mounted again. `just_before`
  // is called at the last moment at which all is well.
  async cut_power(just_before: () => void = () => {}): Promise<string | undefined> {
    const child = spawn(helper, [this.folder], { stdio: ['pipe', 'pipe', 'pipe'] });
    const closed = once(child, 'close');
    let said = '';
    child.stderr.on('data', (text) => (said += text));
    await Promise.race([once(child.stdout, 'data'), closed]);
    just_before();
    child.stdin.on('error', () => {});
    child.stdin.end('!');
    const [code] = await closed;
    return code === 0 ? undefined : `FS_IOC_SHUTDOWN: ${said.trim()}`;
  }

  // As after the power came back. Nothing may have a file open.
  remount(): void {
    must_run('umount', this.folder);
    const failure = this.#mount();
    assert.equal(failure, undefined, failure);
  }

  // Takes all the space that is left, down to the last byte; free_space() gives it back.
  fill(): void {
    const file = openSync(this.#ballast, 'a');
    for (let size = 2 ** 20; size >= 1; ) {
      try {
        writeSync(file, Buffer.alloc(size));
        fdatasyncSync(file);
      } catch (error) {
        if ((error as NodeJS.ErrnoException).code !== 'ENOSPC') throw error;
        size = Math.floor(size / 16);
      }
    }
    closeSync(file);
  }

  free_space(): void {
    rmSync(this.#ballast, { force: true });
  }

  get #ballast(): string {
    return join(this.folder, 'ballast');
  }

  get data(): string {
    return join(this.folder, 'data');
  }

  release(): void {
    must_run('umount', this.folder);
    mounted.delete(this.folder);
    if (this.image) rmSync(this.image);
  }
}
