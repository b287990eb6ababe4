import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { text } from 'node:stream/consumers';
import { setTimeout as sleep } from 'node:timers/promises';

/** The agent as a process of its own. */

export interface AgentProcess {
  pid: number;
  /** All that it has logged. */
  output(): string;
  end(signal?: NodeJS.Signals): Promise<number | null>;
  /** Resident memory in bytes. */
  memory(): number;
}

export async function startAgent(
  command: readonly string[],
  folder: string,
  { fileLimit }: { fileLimit?: number } = {},
): Promise<AgentProcess> {
  const words = [...command, 'run', '--state', folder, '--socket', join(folder, 'agent.sock')];
  const limited = fileLimit === undefined ? [] : ['sh', '-c', `ulimit -f ${fileLimit}; exec "$@"`, 'sh'];
  const [program, ...args] = [...limited, ...words];
  const child = spawn(program!, args, { stdio: ['ignore', 'ignore', 'pipe'] });
  let output = '';
  child.stderr.setEncoding('utf8').on('data', (piece: string) => (output += piece));
  const ended = once(child, 'exit');
  // Its first try to get a configuration has come to an end, too.
  const tried = /the server is reached|no new configuration|every login is refused/;
  while (!output.includes('listens on') || !tried.test(output)) {
    if (child.exitCode !== null || child.signalCode !== null) throw new Error(`the agent ended:\n${output}`);
    await sleep(10);
  }
  return {
    pid: child.pid!,
    output: () => output,
    async end(signal = 'SIGTERM') {
      // Does nothing to one that has ended.
      child.kill(signal);
      await ended;
      return child.exitCode;
    },
    memory: () =>
      Number(/VmRSS:\s+(\d+) kB/.exec(readFileSync(`/proc/${child.pid}/status`, 'utf8'))![1]) * 1024,
  };
}

export async function runCommand(
  command: readonly string[],
  args: readonly string[],
  input = '',
): Promise<{ code: number | null; stdout: string; stderr: string }> {
  const child = spawn(command[0]!, [...command.slice(1), ...args], { stdio: 'pipe' });
  const exit = once(child, 'exit');
  child.stdin.on('error', () => {}).end(input);
  const [stdout, stderr] = await Promise.all([text(child.stdout), text(child.stderr)]);
  await exit;
  return { code: child.exitCode, stdout, stderr };
}

/**
 * Programs that may run the bundle: the Node of the tests, the system's own where there is one, and those that
 * COUNTERSIGN_TEST_NODES names, such as one of Debian 12 (18).
 */
export const nodes: readonly string[] = [
  process.execPath,
  ...(existsSync('/usr/bin/node') ? ['/usr/bin/node'] : []),
  ...(process.env.COUNTERSIGN_TEST_NODES ?? '').split(':').filter(Boolean),
];
