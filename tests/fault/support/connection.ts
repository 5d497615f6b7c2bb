// One keep-alive connection of a client that knows what it does not know: a request without a complete answer has no
// outcome.
import { Agent, request } from 'node:http';

export interface Answer { status: number; replayed: boolean; text: string; body: any }

export interface Call { method: string; path: string; key?: string; idempotency_key?: string; if_match?: string; text?: string }

const patience_ms = 60_000;

export class Connection {
  readonly #agent = new Agent({ keepAlive: true, maxSockets: 1 });
  readonly #at: { hostname: string; port: string };

  constructor(url: string) {
    const { hostname, port } = new URL(url);
    this.#at = { hostname, port };
  }

  // Undefined when no complete answer came.
  send({ method, path, key, idempotency_key, if_match, text }: Call): Promise<Answer | undefined> {
    const headers: Record<string, string> = {};
    if (key) headers.Authorization = `Bearer ${key}`;
    if (idempotency_key) headers['Idempotency-Key'] = idempotency_key;
    if (if_match) headers['If-Match'] = if_match;
    if (text !== undefined) {
      headers['Content-Type'] = 'application/json';
      headers['Content-Length'] = String(Buffer.byteLength(text));
    }
    return new Promise((resolve, reject) => {
      const outgoing = request({ ...this.#at, method, path, headers, agent: this.#agent }, (incoming) => {
        let received = '';
        incoming.setEncoding('utf8').on('data', (chunk: string) => (received += chunk));
        incoming.on('error', () => resolve(undefined));
        incoming.on('end', () => {
          if (!incoming.complete) return resolve(undefined);
          const is_json = incoming.headers['content-type']?.startsWith('application/json') && received !== '';
          const replayed = incoming.headers['idempotent-replayed'] === 'true';
          resolve({ status: incoming.statusCode!, replayed, text: received, body: is_json ? JSON.parse(received) : undefined });
        });
      });
      // A server that dies closes its connections; one that neither answers nor dies hangs.
      outgoing.setTimeout(patience_ms, () => reject(new Error(`${method} ${path}: nothing came for ${patience_ms} ms`)));
      outgoing.on('error', () => resolve(undefined));
      outgoing.end(text);
    });
  }

  close(): void {
    this.#agent.destroy();
  }
}

// Does something for each, over a number of connections at once.
export async function over_connections<T>(url: string, all: Iterable<T>, work: (connection: Connection, one: T) => Promise<void>, count = 16): Promise<void> {
  const rest = all[Symbol.iterator]();
  await Promise.all(Array.from({ length: count }, async () => {
    const connection = new Connection(url);
    try {
      for (let next = rest.next(); !next.done; next = rest.next()) await work(connection, next.value);
    } finally {
      connection.close();
    }
  }));
}
