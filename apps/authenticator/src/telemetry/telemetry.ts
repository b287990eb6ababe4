import type { DiagnosticEntry, ReportKind, UsageEntry } from '@countersign/protocol/wire';
import { appVersion, platformOf } from '../activation/device.ts';
import { keepPreference, readPreference } from '../storage/preferences.ts';

/**
 * Diagnostic and usage data: counted here, shown under Settings, Privacy, and sent to the organisation's own server while
 * the switch of its kind is on. An entry names a day, an event of a published list, and counts; nothing of a person.
 */
export type Kind = ReportKind;
export type Entry = DiagnosticEntry | UsageEntry;

export interface Sent {
  at: number;
  kind: Kind;
  entries: Entry[];
}

interface Kept {
  waiting: Record<Kind, Entry[]>;
  sent: Sent[];
}

const most = 100;
const keptBatches = 50;
const flushAfter = 10_000;

/** What the person chose, else what the organisation set; undefined where neither is known yet. */
export async function readSwitch(kind: Kind): Promise<boolean | undefined> {
  return (
    (await readPreference<boolean>(`share.${kind}`)) ??
    (await readPreference<boolean>(`share.${kind}.default`))
  );
}

/** Off also drops what was not sent yet. @throws StorageError */
export async function chooseSwitch(kind: Kind, on: boolean): Promise<void> {
  await keepPreference(`share.${kind}`, on);
  if (on) return;
  const kept = await readKept();
  await keep({ ...kept, waiting: { ...kept.waiting, [kind]: [] } });
}

/** The organisation's defaults, as the server last published them. */
export async function noteDefaults({
  diagnostics,
  usage,
}: {
  diagnostics: boolean;
  usage: boolean;
}): Promise<void> {
  await keepPreference('share.diagnostic.default', diagnostics);
  await keepPreference('share.usage.default', usage);
}

export const readKept = async (): Promise<Kept> =>
  (await readPreference<Kept>('shared')) ?? { waiting: { diagnostic: [], usage: [] }, sent: [] };
const keep = (kept: Kept): Promise<void> => keepPreference('shared', kept);
/** @throws StorageError */
export const clearSent = async (): Promise<void> => keep({ ...(await readKept()), sent: [] });

// One change of what is kept after the other.
let last: Promise<unknown> = Promise.resolve();
const inTurn = (act: () => Promise<void>): void => {
  last = last.then(act).catch(() => {
    // Nothing of this may ever be in the way of what the app is for.
  });
};

let timer: ReturnType<typeof setTimeout> | undefined;

/** Counts a use of the app. */
export const count = (name: UsageEntry['name']): void => add('usage', { name });
/** Notes a failure, by its stable code, or how long something took, in milliseconds. */
export const note = (
  name: DiagnosticEntry['name'],
  facts: Pick<DiagnosticEntry, 'code' | 'duration_ms'> = {},
): void => add('diagnostic', { name, ...facts });

function add(kind: Kind, event: Pick<Entry, 'name' | 'code' | 'duration_ms'>): void {
  inTurn(async () => {
    if (!(await readSwitch(kind))) return;
    const kept = await readKept();
    const entry: Entry = {
      day: new Date().toISOString().slice(0, 10),
      app_version: appVersion,
      platform: platformOf(navigator),
      ...event,
    };
    await keep({ ...kept, waiting: { ...kept.waiting, [kind]: summed(kept.waiting[kind], entry) } });
    timer ??= setTimeout(() => {
      timer = undefined;
      flush();
    }, flushAfter);
  });
}

/** One entry for what is the same but for its numbers. */
function summed(entries: readonly Entry[], added: Omit<Entry, 'count'>): Entry[] {
  const isSame = (each: Entry) =>
    each.day === added.day &&
    each.name === added.name &&
    each.code === added.code &&
    each.app_version === added.app_version;
  const known = entries.find(isSame);
  if (!known) return [...entries, { ...added, count: 1 }].slice(-most);
  const duration_ms = (known.duration_ms ?? 0) + (added.duration_ms ?? 0);
  const sum = { ...known, count: (known.count ?? 1) + 1, ...(duration_ms > 0 ? { duration_ms } : {}) };
  return entries.map((each) => (each === known ? sum : each));
}

/** Sends what waits, of each kind that is on. Without a connection it waits on. */
export function flush(): void {
  for (const kind of ['diagnostic', 'usage'] as const) inTurn(() => send(kind));
}

async function send(kind: Kind): Promise<void> {
  const { waiting } = await readKept();
  const entries = waiting[kind];
  if (entries.length === 0 || !(await readSwitch(kind))) return;
  const response = await fetch('/authenticator/v1/diagnostics', {
    method: 'POST',
    headers: { 'content-type': 'application/json' },
    body: JSON.stringify({ kind, entries }),
    credentials: 'omit',
  });
  if (!response.ok) return;
  const kept = await readKept();
  await keep({
    waiting: { ...kept.waiting, [kind]: kept.waiting[kind].slice(entries.length) },
    sent: [{ at: Date.now(), kind, entries }, ...kept.sent].slice(0, keptBatches),
  });
}
