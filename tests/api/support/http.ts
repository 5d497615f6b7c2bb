// HTTP below the typed client: any method, path, header and body, byte for byte as written.
import { request } from 'node:http';
import { request as request_by_tls } from 'node:https';
import { connect } from 'node:net';
import { connect as connect_by_tls } from 'node:tls';
import { assert_described } from './openapi.js';

export interface RawAnswer {
  status: number;
  headers: Headers;
  bytes: Buffer;
  text: string;
  // The body as JSON; undefined when there is none, the text when it is something else.
  body: any;
}

export interface RawRequest { key?: string; headers?: Record<string, string | string[]>; body?: string | Buffer; described?: boolean; root?: string }

// Sends one request. A string body goes as application/json unless a Content-Type is given. The answer is checked
// against the API description. `root` is the certificate to trust where the URL is one of https.
export function send(url: string, method: string, path: string, { key, headers = {}, body, described = true, root }: RawRequest = {}): Promise<RawAnswer> {
  const all: Record<string, string | string[]> = { ...headers };
  const has = (name: string) => Object.keys(all).some((given) => given.toLowerCase() === name);
  if (key && !has('authorization')) all.Authorization = `Bearer ${key}`;
  if (body !== undefined && !has('content-type')) all['Content-Type'] = 'application/json';
  if (body !== undefined && !has('content-length') && !has('transfer-encoding')) all['Content-Length'] = String(Buffer.byteLength(body));
  return new Promise((resolve, reject) => {
    const { protocol, hostname, port } = new URL(url);
    const outgoing = (protocol === 'https:' ? request_by_tls : request)({ hostname, port, method, path, headers: all, agent: false, ca: root }, (incoming) => {
      const chunks: Buffer[] = [];
      incoming.on('data', (chunk: Buffer) => chunks.push(chunk));
      incoming.on('error', reject);
      incoming.on('end', () => {
        const bytes = Buffer.concat(chunks);
        const text = bytes.toString('utf8');
        const received = new Headers();
        for (let i = 0; i < incoming.rawHeaders.length; i += 2) received.append(incoming.rawHeaders[i], incoming.rawHeaders[i + 1]);
        const status = incoming.statusCode!;
        const answer = { status, headers: received, bytes, text, body: parse(text, received) };
        try {
          if (described && !received.has('content-encoding')) assert_described(method, path, status, received, answer.body);
          resolve(answer);
        } catch (error) {
          reject(error);
        }
      });
    });
    outgoing.on('error', reject);
    outgoing.end(body);
  });
}

function parse(text: string, headers: Headers): unknown {
  if (text === '') return undefined;
  if (!headers.get('content-type')?.startsWith('application/json')) return text;
  try {
    return JSON.parse(text);
  } catch {
    return text;
  }
}

// Writes bytes to a connection and gives all that comes back until the server closes it, or, when it keeps it open
// (`closed` is then false), until nothing has come for `quiet_ms`. By TLS when there is a `root` to trust.
export function converse(port: number, bytes: string | Buffer | (string | Buffer)[], quiet_ms = 10_000, root?: string): Promise<{ text: string; closed: boolean }> {
  return new Promise((resolve) => {
    const socket = root ? connect_by_tls({ port, host: '127.0.0.1', ca: root }) : connect(port, '127.0.0.1');
    let text = '';
    let closed = true;
    socket.setTimeout(quiet_ms, () => {
      closed = false;
      socket.destroy();
    });
    socket.on('data', (chunk) => (text += chunk.toString('latin1')));
    socket.on('error', () => {});
    socket.on('close', () => resolve({ text, closed }));
    for (const part of Array.isArray(bytes) ? bytes : [bytes]) socket.write(part);
  });
}

export const send_bytes = async (...sent: Parameters<typeof converse>): Promise<string> => (await converse(...sent)).text;
