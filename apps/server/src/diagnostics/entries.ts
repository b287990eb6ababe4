import { DiagnosticEntry, UsageEntry, type ReportKind } from '@countersign/protocol/wire';
import { Ajv, type ValidateFunction } from 'ajv';
import { day, dayOf } from '../platform/platform.ts';

/** What is kept of an entry of a report: the members of the published schema, where all of them fit, and nothing else. */
export interface Counted {
  day: string;
  name: string;
  platform: string;
  app_version: string;
  /** Empty where there is none. */
  code: string;
  count: number;
  duration_ms: number | null;
}

/** Counters are kept for so long after their day, and no older ones are taken. */
export const reportsKept = 90 * day;

const schemas = { diagnostic: DiagnosticEntry, usage: UsageEntry };
const validators = new Map<ReportKind, ValidateFunction>();

/** Compiled when first asked for: most starts end without a report. */
function fits(kind: ReportKind, entry: unknown): entry is DiagnosticEntry {
  const validate = validators.get(kind) ?? new Ajv({ strict: false }).compile(schemas[kind]);
  validators.set(kind, validate);
  return validate(entry);
}

/** The entry as it is counted; undefined for one that does not fit, is of a day that is none, or too old or to come. */
export function readEntry(kind: ReportKind, entry: unknown, now: number): Counted | undefined {
  if (!fits(kind, entry) || !isRecentDay(entry.day, now)) return undefined;
  const { name, platform, app_version, code = '', count = 1, duration_ms = null } = entry;
  return { day: entry.day, name, platform, app_version, code, count, duration_ms };
}

/** A phone's clock may be a day ahead, and so may be its calendar. */
function isRecentDay(text: string, now: number): boolean {
  const at = Date.parse(text);
  if (Number.isNaN(at) || dayOf(at) !== text) return false;
  return at <= now + day && at > now - reportsKept;
}
