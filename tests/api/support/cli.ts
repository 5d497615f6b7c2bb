// Runs the real binary's subcommands.
import assert from 'node:assert/strict';
import { spawn } from 'node:child_process';
import { binary } from './paths.js';

export interface CliResult { code: number | null; stdout: string; stderr: string }

export interface CliOptions { env?: Record<string, string>; cwd?: string; input?: string }

// Environment variables of the caller's own (NEXUS_DATA …) never leak into a test.
export function clean_env(extra: Record<string, string> = {}): NodeJS.ProcessEnv {
  const kept = Object.entries(process.env).filter(([name]) => !name.startsWith('NEXUS_'));
  return { ...Object.fromEntries(kept), ...extra };
}

// Runs to the end, whatever the exit code.
export function cli(args: string[], { env, cwd, input = '' }: CliOptions = {}): Promise<CliResult> {
  return new Promise((resolve, reject) => {
    const child = spawn(binary, args, { env: clean_env(env), cwd });
    let stdout = '';
    let stderr = '';
    child.stdout.setEncoding('utf8').on('data', (text: string) => (stdout += text));
    child.stderr.setEncoding('utf8').on('data', (text: string) => (stderr += text));
    child.on('error', reject);
    child.on('close', (code) => resolve({ code, stdout, stderr }));
    child.stdin.on('error', () => {});
    child.stdin.end(input);
  });
}

// Runs to success with `--json` and gives what was printed.
export async function cli_json(args: string[], options: CliOptions = {}): Promise<any> {
  const result = await cli([...args, '--json'], options);
  assert.equal(result.code, 0, `${args.join(' ')} failed: ${result.stderr}${result.stdout}`);
  return JSON.parse(result.stdout);
}
