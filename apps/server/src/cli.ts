import { text } from 'node:stream/consumers';
import { existsSync } from 'node:fs';
import { parseArgs } from 'node:util';
import { pino } from 'pino';
import { readEnvironment, type Environment } from './platform/environment.ts';
import { Refusal } from './platform/http/refusal.ts';
import { PlainError } from './platform/plain-error.ts';

/** The command `countersign`. It works beside a running server: both are guests of the same store. */

const usage = `Usage: countersign COMMAND

  serve                      start the server
  migrate                    bring the store up to this version, and stop
  doctor [--public] [--seal NUMBER:HASH]
                             check the settings, the store and the chain of the event log; with --public also
                             what phones need to reach it; with --seal also that the log goes on from a seal noted before
  user add --login LOGIN --email EMAIL --name NAME [--role owner|admin|help_desk|read_only|user] --password-stdin
                             add a person; the password is read from standard input
  user reset-mfa LOGIN       remove every factor, end the sessions, print a one-time enrolment code
  user unlock LOGIN          forget wrong tries and lift locks
  token create --name NAME --scope SCOPE [--scope SCOPE] [--expires-at TIME]
                             make an API token for a program, and print it; SCOPE such as users:read, TIME such as
                             2027-01-31T12:00:00Z
  policies off               turn every rule of the policies off, where they let nobody in; servers go on working
  backup FILE                write everything in the store into a new file; servers go on working
  backup verify FILE         say whether a backup is whole
  restore FILE [--replace]   bring a backup into the store; every server on it must be stopped
  keys rotate sealing        seal everything anew under the secret of today; servers go on working
  keys rotate hosts          sign verdicts for hosts with the next key, and make another next one; at most once an hour
  keys rotate oidc           sign ID tokens with the next keys of the JWKS, and make other next ones; at most once an hour
  keys rotate saml           sign SAML messages with the next key of the metadata, and make another next one
  keys rotate vapid          a new key for new push subscriptions; phones go on working
  keys rotate                sealing and vapid

Settings come from the environment and a .env file: see docs/guide/operator.md.
`;

async function main(): Promise<void> {
  if (Number(process.versions.node.split('.')[0]) < 24) {
    throw new PlainError(
      `Node 24 or later is needed; this is ${process.version}. After "npm ci", "npm start" and "npx countersign" use the right one by themselves.`,
    );
  }
  if (existsSync('.env')) process.loadEnvFile('.env');
  const [command = 'help', ...rest] = process.argv.slice(2);
  if (command === 'serve') return serveCommand(readEnvironment(process.env));
  if (command === 'migrate') return migrateCommand(readEnvironment(process.env));
  if (command === 'doctor') return doctorCommand(rest);
  if (command === 'user') {
    const [act, ...parameters] = rest;
    const { addUserCommand, resetMfaCommand, unlockCommand } = await import('./admin/commands.ts');
    const environment = readEnvironment(process.env);
    if (act === 'add') return addUserCommand(environment, readUserOptions(parameters), await readPassword());
    if (act === 'reset-mfa' && parameters[0]) return resetMfaCommand(environment, parameters[0]);
    if (act === 'unlock' && parameters[0]) return unlockCommand(environment, parameters[0]);
  }
  if (command === 'token' && rest[0] === 'create') {
    const { createTokenCommand } = await import('./admin/commands.ts');
    return createTokenCommand(readEnvironment(process.env), readTokenOptions(rest.slice(1)));
  }
  if (command === 'policies' && rest.length === 1 && rest[0] === 'off') {
    const { policiesOffCommand } = await import('./admin/commands.ts');
    return policiesOffCommand(readEnvironment(process.env));
  }
  if (command === 'keys' && rest[0] === 'rotate' && rest.length <= 2) {
    const { rotateOidcKey, rotateSamlKey, rotateSealing, rotateVapidKey, rotateVerdictKey } =
      await import('./keys/rotate.ts');
    const kinds = {
      sealing: [rotateSealing],
      vapid: [rotateVapidKey],
      // By themselves only: applications must have read the metadata since the last change.
      saml: [rotateSamlKey],
      oidc: [rotateOidcKey],
      hosts: [rotateVerdictKey],
      all: [rotateSealing, rotateVapidKey],
    };
    const chosen = kinds[(rest[1] ?? 'all') as keyof typeof kinds];
    for (const rotate of chosen ?? []) {
      process.stdout.write(`${await rotate(readEnvironment(process.env))}\n`);
    }
    if (chosen) return;
  }
  if (command === 'backup' || command === 'restore') {
    const { backupCommand, verifyBackupCommand, restoreCommand } = await import('./backup/commands.ts');
    if (command === 'restore') {
      const { file, replace } = readRestoreOptions(rest);
      return restoreCommand(readEnvironment(process.env), file, { replace });
    }
    if (rest.length === 2 && rest[0] === 'verify') return verifyBackupCommand(rest[1]!);
    if (rest.length === 1 && rest[0] !== 'verify')
      return backupCommand(readEnvironment(process.env), rest[0]!);
  }
  if (command === 'help' || command === '--help') return void process.stdout.write(usage);
  throw new PlainError(`There is no command "${process.argv.slice(2).join(' ')}".\n\n${usage}`);
}

async function serveCommand(environment: Environment): Promise<void> {
  const { serve } = await import('./main.ts');
  const log = pino({
    level: environment.logLevel,
    redact: [
      'req.headers.cookie',
      'req.headers.authorization',
      'req.headers.dpop',
      '*.password',
      '*.token',
      '*.code',
    ],
  });
  const { stop } = await serve(environment, log);
  let stopping = false;
  for (const signal of ['SIGINT', 'SIGTERM'] as const) {
    process.on(signal, () => {
      if (stopping) return;
      stopping = true;
      log.info({ signal }, 'stopping');
      stop().then(
        () => process.exit(0),
        (error: unknown) => {
          log.error({ err: error }, 'did not stop cleanly');
          process.exit(1);
        },
      );
    });
  }
}

async function migrateCommand(environment: Environment): Promise<void> {
  const { openAndMigrate } = await import('./platform/store/open.ts');
  const store = await openAndMigrate(environment);
  await store.close();
  process.stdout.write('The store is up to date.\n');
}

async function doctorCommand(parameters: string[]): Promise<void> {
  const { values } = parseArgs({
    args: parameters,
    options: { public: { type: 'boolean', default: false }, seal: { type: 'string' } },
  });
  const environment = readEnvironment(process.env);
  const { examine } = await import('./doctor.ts');
  const findings = await examine(environment, { reachability: values.public, seal: values.seal });
  for (const finding of findings) process.stdout.write(`${finding.level.padEnd(7)}  ${finding.text}\n`);
  const problems = findings.filter(({ level }) => level === 'problem').length;
  process.stdout.write(problems === 0 ? '\nAll is well.\n' : `\n${problems} to mend.\n`);
  if (problems > 0) process.exitCode = 1;
}

function readUserOptions(parameters: string[]) {
  const { values } = parseArgs({
    args: parameters,
    options: {
      login: { type: 'string' },
      email: { type: 'string' },
      name: { type: 'string' },
      role: { type: 'string', default: 'user' },
      'password-stdin': { type: 'boolean', default: false },
    },
  });
  const { login, email, name, role } = values;
  if (!login || !email || !name || !values['password-stdin']) {
    throw new PlainError('user add needs --login, --email, --name and --password-stdin.');
  }
  return { login, email, name, role };
}

function readTokenOptions(parameters: string[]) {
  const { values } = parseArgs({
    args: parameters,
    options: {
      name: { type: 'string' },
      scope: { type: 'string', multiple: true },
      'expires-at': { type: 'string' },
    },
  });
  const { name, scope: scopes, 'expires-at': expiresAt } = values;
  if (!name || !scopes) throw new PlainError('token create needs --name and --scope.');
  return { name, scopes, expiresAt };
}

function readRestoreOptions(parameters: string[]): { file: string; replace: boolean } {
  const { values, positionals } = parseArgs({
    args: parameters,
    options: { replace: { type: 'boolean', default: false } },
    allowPositionals: true,
  });
  if (positionals.length !== 1) throw new PlainError('restore needs one file.');
  return { file: positionals[0]!, replace: values.replace };
}

async function readPassword(): Promise<string> {
  if (process.stdin.isTTY) process.stderr.write('Password (end with Ctrl-D): ');
  return (await text(process.stdin)).replace(/\r?\n$/, '');
}

main().catch((error: unknown) => {
  const { message, stack, code } = error as Error & { code?: string };
  const isPlain =
    error instanceof PlainError ||
    error instanceof Refusal ||
    code === 'EADDRINUSE' ||
    code?.startsWith('ERR_PARSE_ARGS');
  process.stderr.write(`${isPlain ? message : (stack ?? message)}\n`);
  process.exit(1);
});
