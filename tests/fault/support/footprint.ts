// What a server's process holds on to.
import { readdirSync, readFileSync } from 'node:fs';

export interface Footprint { threads: number; files: number; memory_mib: number }

export function footprint_of(pid: number): Footprint {
  const status = readFileSync(`/proc/${pid}/status`, 'utf8');
  const figure = (name: string) => Number(status.match(new RegExp(`^${name}:\\s+(\\d+)`, 'm'))![1]);
  return { threads: figure('Threads'), files: readdirSync(`/proc/${pid}/fd`).length, memory_mib: Math.ceil(figure('VmRSS') / 1024) };
}
