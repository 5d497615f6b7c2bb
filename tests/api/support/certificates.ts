// A certificate authority of the test's own, and certificates of it, made by openssl.
import { execFileSync } from 'node:child_process';
import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { temporary_folder } from './store.js';

const openssl = (...args: string[]) => execFileSync('openssl', args, { stdio: ['ignore', 'ignore', 'pipe'] });

// Its root, as text, for clients to trust.
export class Authority {
  readonly folder = temporary_folder();
  readonly root: string;

  constructor() {
    openssl('req', '-x509', ...this.#new_key('root'), '-subj', '/CN=Test root', '-days', '30', '-out', this.#file('root.pem'), '-addext', 'keyUsage=critical,keyCertSign');
    this.root = readFileSync(this.#file('root.pem'), 'utf8');
  }

  // The files of a new certificate for 127.0.0.1. `key` is a kind of key, as openssl has it.
  issue(name: string, { days = 30, key = 'ec' }: { days?: number; key?: 'ec' | 'rsa:2048' } = {}): { certificate: string; key: string } {
    const extensions = this.#file(`${name}.ext`);
    writeFileSync(extensions, 'subjectAltName=DNS:localhost,IP:127.0.0.1\nkeyUsage=critical,digitalSignature\nextendedKeyUsage=serverAuth\n');
    openssl('req', '-new', ...this.#new_key(name, key), '-subj', `/CN=${name}`, '-out', this.#file(`${name}.csr`));
    const [certificate, key_file] = [this.#file(`${name}.pem`), this.#file(`${name}.key`)];
    openssl('x509', '-req', '-in', this.#file(`${name}.csr`), '-CA', this.#file('root.pem'), '-CAkey', this.#file('root.key'), '-CAcreateserial', '-days', String(days), '-extfile', extensions, '-out', certificate);
    return { certificate, key: key_file };
  }

  // The same key behind a passphrase.
  encrypted(key: string): string {
    const file = `${key}.encrypted`;
    openssl('pkey', '-in', key, '-aes256', '-passout', 'pass:secret', '-out', file);
    return file;
  }

  #file(name: string): string {
    return join(this.folder, name);
  }

  #new_key(name: string, kind: 'ec' | 'rsa:2048' = 'ec'): string[] {
    return ['-newkey', kind, ...(kind === 'ec' ? ['-pkeyopt', 'ec_paramgen_curve:prime256v1'] : []), '-nodes', '-keyout', this.#file(`${name}.key`)];
  }
}
