import type { AppReport, ReportKind } from '@countersign/protocol/wire';

/** What is reported, in words. A name that this version does not know is shown as it is written. */

export const kinds: { value: ReportKind; label: string }[] = [
  { value: 'diagnostic', label: 'Diagnostics' },
  { value: 'usage', label: 'Usage' },
];

const names: Record<string, string> = {
  error: 'Something failed',
  start: 'The app started',
  request_shown: 'A request was shown',
  push_late: 'A push came late',
  stream_lost: 'The live connection was lost',
  storage_failed: 'The phone could not store something',
  verification_failed: 'Face ID, fingerprint or passcode failed',
  app_opened: 'The app was opened',
  code_copied: 'A one-time code was copied',
  account_added: 'An account was added',
  account_removed: 'An account was removed',
  request_answered: 'A request was answered',
  accounts_imported: 'Accounts were imported',
  backup_made: 'A backup was made',
  backup_restored: 'A backup was restored',
  moved: 'The accounts moved to a new phone',
  help_opened: 'Help was opened',
  lock_turned_on: 'The app lock was turned on',
};
export const nameInWords = (name: string): string => names[name] ?? name;

export const platforms: Record<AppReport['platform'], string> = {
  ios: 'iOS',
  android: 'Android',
  other: 'Other',
};

/** How long one took on average; null where none said. */
export function averageInWords({ count, duration_ms }: AppReport): string | null {
  if (duration_ms === null) return null;
  const each = duration_ms / count;
  return each < 1000 ? `${Math.round(each)} ms` : `${(each / 1000).toFixed(1)} s`;
}
