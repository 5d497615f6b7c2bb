// Runs a command with a PostgreSQL server that its tests make their databases in: node with_postgres.js PROGRAM ARG…
import { spawn } from 'node:child_process';
import { Postgres, why_no_postgres } from './postgres.js';

if (why_no_postgres) throw new Error(why_no_postgres);
const postgres = await Postgres.start({ settings: { max_connections: '400' } });
const { socket, port, address } = postgres;
const [program, ...args] = process.argv.slice(2);
const child = spawn(program, args, { stdio: 'inherit', env: { ...process.env, NEXUS_TEST_POSTGRESQL: JSON.stringify({ socket, port, address }) } });
for (const signal of ['SIGINT', 'SIGTERM'] as const) process.on(signal, () => child.kill(signal));
child.on('close', (code) => {
  void postgres.stop().then(() => process.exit(code ?? 1));
});
