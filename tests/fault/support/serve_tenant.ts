// A server of an empty store with one tenant.
import { temporary_folder } from './folders.js';
import { ServerProcess, type StartOptions } from './process.js';
import { small_checkpoints } from './settings.js';

export async function serve_tenant(t: { after(end: () => Promise<void>): void }, options: StartOptions = small_checkpoints) {
  const server = new ServerProcess(temporary_folder());
  await server.must_start(options);
  t.after(() => server.kill());
  const tenant = await server.cli('tenant', 'create', 'shop');
  const { key } = await server.cli('key', 'create', '--tenant', tenant.id, '--name', 'load', '--owner', 'load@shop.example', '--scope', '*');
  return { server, key: key as string };
}
