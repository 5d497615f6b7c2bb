// A name server on a thread of its own: who asks gets an answer also while the test waits for a command to end, which the
// removal of a network keeps waiting for seconds.
import { createSocket } from 'node:dgram';
import { once } from 'node:events';
import { Worker, isMainThread, parentPort, workerData } from 'node:worker_threads';

interface Entry { name: string; address: string | undefined }

// The answer to a query for one name: its IPv4 address, nothing where another kind is asked for, or that there is none.
function dns_answer(query: Buffer, address_of: (name: string) => string | undefined): Buffer {
  const labels: string[] = [];
  let end = 12;
  for (; query[end] !== 0; end += query[end] + 1) labels.push(query.toString('latin1', end + 1, end + 1 + query[end]));
  end += 5;
  const address = address_of(labels.join('.').toLowerCase());
  const is_ipv4 = query.readUInt16BE(end - 4) === 1;
  const answer = Buffer.from(query.subarray(0, end));
  answer.writeUInt16BE(address ? 0x8180 : 0x8183, 2);
  answer.writeUInt16BE(address && is_ipv4 ? 1 : 0, 6);
  answer.writeUInt32BE(0, 8);
  if (!address || !is_ipv4) return answer;
  return Buffer.concat([answer, Buffer.from([0xc0, 12, 0, 1, 0, 1, 0, 0, 0, 1, 0, 4, ...address.split('.').map(Number)])]);
}

async function serve(at: string): Promise<void> {
  const addresses = new Map<string, string | undefined>();
  const socket = createSocket('udp4', (query, from) => socket.send(dns_answer(query, (name) => addresses.get(name)), from.port, from.address));
  parentPort!.on('message', ({ name, address }: Entry) => addresses.set(name, address));
  socket.bind(53, at);
  await once(socket, 'listening');
  parentPort!.postMessage('listening');
}

export class NameServer {
  readonly #worker: Worker;

  private constructor(at: string) {
    this.#worker = new Worker(new URL(import.meta.url), { workerData: { name_server_at: at } });
    this.#worker.unref();
  }

  static async open(at: string): Promise<NameServer> {
    const server = new NameServer(at);
    await once(server.#worker, 'message');
    return server;
  }

  // No address: there is nobody of that name any more.
  set(name: string, address: string | undefined): void {
    const entry: Entry = { name, address };
    this.#worker.postMessage(entry);
  }

  close(): void {
    void this.#worker.terminate();
  }
}

if (!isMainThread) void serve(workerData.name_server_at);
