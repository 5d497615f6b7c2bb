// The socket in a store's folder by which the host's own people speak with the server that has it open: one request a
// connection, in frames (see src/cli/admin_frames.hpp).
import { connect } from 'node:net';
import { join } from 'node:path';

// `code` tells a refusal from a result.
export type AdminAnswer = { code: undefined; result: any } | { code: string; message: string };

const head_bytes = 5;
const patience_ms = 60_000;

function frame(kind: string, content: string): Buffer {
  const head = Buffer.alloc(head_bytes);
  head.write(kind);
  head.writeUInt32LE(Buffer.byteLength(content), 1);
  return Buffer.concat([head, Buffer.from(content)]);
}

function answer_of(kind: string, content: string): AdminAnswer | undefined {
  if (kind === 'R') return { code: undefined, result: JSON.parse(content) };
  if (kind !== 'E') return undefined;
  const space = content.indexOf(' ');
  return { code: content.slice(0, space), message: content.slice(space + 1) };
}

// Undefined when no complete answer came.
export function ask_admin(data: string, request: { op: string } & Record<string, unknown>): Promise<AdminAnswer | undefined> {
  return new Promise((resolve, reject) => {
    let received = Buffer.alloc(0);
    const socket = connect(join(data, 'admin.sock'), () => socket.write(frame('Q', JSON.stringify(request))));
    const end = (answer?: AdminAnswer) => {
      socket.destroy();
      resolve(answer);
    };
    socket.setTimeout(patience_ms, () => reject(new Error(`${request.op}: nothing came for ${patience_ms} ms`)));
    socket.on('error', () => end()).on('close', () => end());
    socket.on('data', (chunk) => {
      received = Buffer.concat([received, chunk]);
      while (received.length >= head_bytes && received.length >= head_bytes + received.readUInt32LE(1)) {
        const size = head_bytes + received.readUInt32LE(1);
        const answer = answer_of(received.toString('latin1', 0, 1), received.toString('utf8', head_bytes, size));
        received = received.subarray(size);
        if (answer) return end(answer);
      }
    });
  });
}
