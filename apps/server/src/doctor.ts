import { pino } from 'pino';
import { readLogKey } from './events/log-key.ts';
import { checkChain, type ChainEnd } from './events/seal.ts';
import { countFailedMails } from './mail/store.ts';
import type { Environment } from './platform/environment.ts';
import { listKeys } from './platform/keys/store.ts';
import { PlainError } from './platform/plain-error.ts';
import type { Platform } from './platform/platform.ts';
import { sealed as columns } from './platform/sealed-columns.ts';
import { createSealing } from './platform/sealing.ts';
import { damageOf } from './platform/store/damage.ts';
import { pendingMigrations } from './platform/store/migrate.ts';
import { migrations, openStore } from './platform/store/open.ts';
import type { Store } from './platform/store/store.ts';

/** `countersign doctor`: looks at everything that can be wrong without being seen, and changes nothing. */

export interface Finding {
  level: 'ok' | 'note' | 'problem';
  text: string;
}

interface Options {
  /** Also looks at what phones need to reach the server. */
  reachability: boolean;
  /** `NUMBER:HASH` of a seal that was noted before. */
  seal: string | undefined;
}

/** @throws PlainError where `seal` is no such pair. */
export async function examine(environment: Environment, options: Options): Promise<Finding[]> {
  const known = options.seal === undefined ? undefined : readSeal(options.seal);
  const findings: Finding[] = [{ level: 'ok', text: `Settings: ${environment.issuer}` }];
  if (options.reachability) findings.push(...(await examineReachability(environment)));
  let store: Store;
  try {
    store = await openStore(environment);
  } catch (error) {
    return [...findings, { level: 'problem', text: `Store: ${(error as Error).message}` }];
  }
  try {
    findings.push(...(await examineStore(environment, store, known)));
  } finally {
    await store.close();
  }
  return findings;
}

async function examineStore(
  environment: Environment,
  store: Store,
  known: ChainEnd | undefined,
): Promise<Finding[]> {
  const name = store.engine === 'postgres' ? 'PostgreSQL' : `SQLite in ${environment.dataFolder}`;
  const findings: Finding[] = [];
  const add = (level: Finding['level'], text: string) => void findings.push({ level, text });
  let pending: string[];
  try {
    pending = await pendingMigrations(store, migrations);
  } catch (error) {
    add('problem', `Store: ${(error as Error).message}`);
    return findings;
  }
  if (pending.length > 0) {
    add('problem', `Store: ${name} is not of this version: start the server or run "countersign migrate"`);
    return findings;
  }
  const damage = await damageOf(store);
  if (damage.length > 0) add('problem', `Store: ${name} is damaged: ${damage.slice(0, 3).join('; ')}`);
  else add('ok', `Store: ${name}, of this version`);

  const sealing = createSealing(environment.secrets);
  const { serverKeys } = columns;
  const keys = await listKeys.all(store);
  const locked = keys.filter((key) => !opens(() => sealing.open(key.sealed, serverKeys.place(key.name))));
  if (locked.length > 0) {
    add('problem', `Secret: COUNTERSIGN_SECRET does not open ${locked.map((key) => key.name).join(', ')}`);
    return findings;
  }
  add('ok', `Secret: opens all ${keys.length} keys of the server`);

  const platform: Platform = {
    store,
    sealing,
    now: Date.now,
    random: (bytes) => crypto.getRandomValues(new Uint8Array(bytes)),
    issuer: environment.issuer,
    log: pino({ level: 'silent' }),
  };
  const chain = await checkChain(store, (await readLogKey(platform)).publicJwk, known);
  for (const problem of chain.problems) add('problem', `Event log: ${problem}`);
  if (chain.problems.length === 0) {
    const gone = chain.removed > 0 ? `, ${chain.removed} older ones removed by retention` : '';
    add('ok', `Event log: ${chain.events} events under ${chain.seals} seals${gone}`);
  }
  if (chain.unsealed > 0)
    add('note', `Event log: ${chain.unsealed} events wait for a seal; a running server sets it in a second`);
  if (chain.end.number > 0)
    add('note', `Event log: ends with seal ${chain.end.number}:${chain.end.hash} (note it, for --seal)`);

  const { count } = (await countFailedMails.get(store))!;
  if (count > 0) add('note', `Mail: ${count} could not be sent; see the outbox in the Admin Portal`);
  return findings;
}

async function examineReachability({ issuer, tls, trustedProxies, host }: Environment): Promise<Finding[]> {
  const findings: Finding[] = [];
  const { protocol, hostname } = new URL(issuer);
  const isLocal = ['localhost', '127.0.0.1', '[::1]'].includes(hostname);
  if (isLocal)
    findings.push({ level: 'problem', text: `Address: no phone reaches ${issuer}: set COUNTERSIGN_URL` });
  else if (protocol === 'https:' && !tls && trustedProxies.length === 0)
    findings.push({
      level: 'problem',
      text: 'Address: https needs COUNTERSIGN_TLS_CERT and COUNTERSIGN_TLS_KEY, or a proxy named in TRUSTED_PROXIES',
    });
  if (!isLocal && tls && ['127.0.0.1', 'localhost', '::1'].includes(host))
    findings.push({ level: 'problem', text: `Address: HOST is ${host}, which only this machine reaches` });
  try {
    const answer = await fetch(`${issuer}/health/live`, {
      signal: AbortSignal.timeout(10_000),
      redirect: 'error',
    });
    const { status } = (await answer.json()) as { status?: string };
    if (!answer.ok || status !== 'ok') throw new Error(`it answers ${answer.status}`);
    findings.push({ level: 'ok', text: `Address: ${issuer} answers` });
  } catch (error) {
    const { message, cause } = error as Error;
    const reason = cause instanceof Error ? cause.message : message;
    findings.push({ level: 'problem', text: `Address: ${issuer} does not answer from here: ${reason}` });
  }
  return findings;
}

function opens(act: () => unknown): boolean {
  try {
    act();
    return true;
  } catch {
    return false;
  }
}

function readSeal(text: string): ChainEnd {
  const [, number, hash] = /^(\d+):([\w-]{43})$/.exec(text) ?? [];
  if (!number || !hash) throw new PlainError('--seal must be NUMBER:HASH, as doctor printed it.');
  return { number: Number(number), hash };
}
