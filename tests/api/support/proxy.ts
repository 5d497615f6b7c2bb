// nginx and haproxy before a server, where they are installed. All of them keep connections to it open and share them
// among clients, pass on as much as they can, and refuse /api/inventory/warehouses.
import { spawn } from 'node:child_process';
import { writeFileSync } from 'node:fs';
import { connect } from 'node:net';
import { join } from 'node:path';
import { after } from 'node:test';
import { free_port } from './ports.js';
import { temporary_folder } from './store.js';
import { until } from './wait.js';

type Configure = (port: number, backend: number, folder: string) => { command: string; args: string[]; files: Record<string, string> };

function haproxy(leniency: string): Configure {
  return (port, backend, folder) => ({
    command: 'haproxy',
    args: ['-db', '-f', join(folder, 'haproxy.cfg')],
    files: {
      'haproxy.cfg': `
global
  maxconn 200
defaults
  mode http
  http-reuse always
  timeout connect 5s
  timeout client 5s
  timeout server 5s
frontend proxy
  bind 127.0.0.1:${port}
  ${leniency}
  http-request deny if { path_beg /api/inventory/warehouses }
  default_backend server
backend server
  server one 127.0.0.1:${backend}
`,
    },
  });
}

const nginx: Configure = (port, backend, folder) => ({
  command: 'nginx',
  args: ['-c', join(folder, 'nginx.conf'), '-e', 'stderr'],
  files: {
    'nginx.conf': `
daemon off;
worker_processes 1;
pid ${folder}/nginx.pid;
error_log stderr crit;
${process.getuid?.() === 0 ? 'user root;' : ''}
events {}
http {
  access_log off;
  client_body_temp_path ${folder}/body;
  proxy_temp_path ${folder}/proxy;
  fastcgi_temp_path ${folder}/fastcgi;
  uwsgi_temp_path ${folder}/uwsgi;
  scgi_temp_path ${folder}/scgi;
  upstream server_behind { server 127.0.0.1:${backend}; keepalive 8; }
  server {
    listen 127.0.0.1:${port};
    ignore_invalid_headers off;
    underscores_in_headers on;
    proxy_http_version 1.1;
    proxy_set_header Connection "";
    proxy_request_buffering off;
    location ^~ /api/inventory/warehouses { return 403; }
    location / { proxy_pass http://server_behind; }
  }
}
`,
  },
});

export const proxies: Record<string, Configure> = { nginx, haproxy: haproxy(''), 'haproxy that accepts what is invalid': haproxy('option accept-invalid-http-request') };

const answers = (port: number) =>
  new Promise<boolean>((resolve) => {
    const socket = connect(port, '127.0.0.1', () => resolve(true)).on('error', () => resolve(false));
    socket.on('connect', () => socket.destroy());
  });

// The port of the proxy, which ends when the tests of this file do; undefined where it is not installed.
export async function start_proxy(configure: Configure, backend: number): Promise<number | undefined> {
  const [port, folder] = [await free_port(), temporary_folder()];
  const { command, args, files } = configure(port, backend, folder);
  for (const [name, text] of Object.entries(files)) writeFileSync(join(folder, name), text);
  const child = spawn(command, args, { stdio: ['ignore', 'ignore', 'pipe'] });
  let words = '';
  child.stderr.on('data', (text) => (words += text));
  let ended: Error | undefined;
  child.on('error', (error) => (ended = error));
  child.on('exit', (code) => (ended ??= new Error(`${command} ended with ${code}: ${words}`)));
  after(() => void child.kill());
  process.on('exit', () => void child.kill());
  await until(async () => ended !== undefined || (await answers(port)));
  if ((ended as NodeJS.ErrnoException | undefined)?.code === 'ENOENT') return undefined;
  if (ended) throw ended;
  return port;
}
