import './older-node.ts';
import { parseArgs } from 'node:util';
import { usePrimitives } from '@countersign/protocol';
import { PlainError } from './plain-error.ts';
import { primitives } from './primitives.ts';
import { version } from './version.ts';
import { usualPlaces } from './windows.ts';

/** The command `countersign-agent`. */

usePrimitives(primitives);

const usage = `Usage: countersign-agent COMMAND [--state DIR]

  join URL [TOKEN] [--name NAME] [--ca FILE]
                    let this host ask the server at URL; the token from the Admin Portal is asked for, or read from
                    the standard input, since others see TOKEN in the list of processes; FILE holds the
                    certificates to trust where the usual ones do not do
  run [--socket PATH]
                    answer the PAM module, until stopped
  status            whether the server is reached, the clock, the configuration, the last logins
  leave [--force]   leave the server and destroy the keys; --force also where logins still ask the agent
                    or the server is out of reach
  --version, --help

Keys and configuration are in ${usualPlaces.state}, or DIR.
`;

async function main(): Promise<void> {
  const { values, positionals } = parseArgs({
    allowPositionals: true,
    options: {
      state: { type: 'string', default: usualPlaces.state },
      socket: { type: 'string', default: usualPlaces.socket },
      name: { type: 'string' },
      ca: { type: 'string' },
      force: { type: 'boolean', default: false },
      version: { type: 'boolean', default: false },
      help: { type: 'boolean', default: false },
    },
  });
  const { state: folder } = values;
  const [command, ...rest] = positionals;
  const print = (line: string) => process.stdout.write(`${line}\n`);
  if (values.version) return void print(version);
  if (values.help || command === 'help') return void process.stdout.write(usage);
  if (command === 'run' && rest.length === 0) {
    const { run } = await import('./commands/run.ts');
    return run({ folder, socket: values.socket });
  }
  if (command === 'join' && (rest.length === 1 || rest.length === 2)) {
    const [{ join, issuerOf }, { readToken }] = await Promise.all([
      import('./commands/join.ts'),
      import('./commands/token.ts'),
    ]);
    // Before somebody types the token in vain.
    issuerOf(rest[0]!);
    const token = rest[1] === undefined || rest[1] === '-' ? await readToken() : rest[1];
    const { host, group, issuer } = await join({ ...values, url: rest[0]!, token, folder });
    return void print(`${host.name} has joined the group ${JSON.stringify(group.name)} of ${issuer}.`);
  }
  if (command === 'status' && rest.length === 0) {
    const { status } = await import('./commands/status.ts');
    if (!(await status(folder, print))) process.exitCode = 1;
    return;
  }
  if (command === 'leave' && rest.length === 0) {
    const { leave } = await import('./commands/leave.ts');
    await leave(folder, values);
    return void print('This host has left. Its keys are destroyed.');
  }
  throw new PlainError(
    `${command === undefined ? 'A command is missing' : `This is no command: ${positionals.join(' ')}`}.\n\n${usage}`,
  );
}

main().catch((error: unknown) => {
  const { message, stack, code } = error as NodeJS.ErrnoException;
  const isPlain = error instanceof PlainError || code?.startsWith('ERR_PARSE_ARGS');
  const isFile = code === 'EACCES' || code === 'EPERM' || code === 'EROFS' || code === 'ENOSPC';
  process.stderr.write(`countersign-agent: ${isPlain || isFile ? message : (stack ?? message)}\n`);
  process.exitCode = 1;
  if (!isPlain) process.exit(1);
});
