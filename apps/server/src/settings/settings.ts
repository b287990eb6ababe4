import type { Settings, SettingsPatch } from '@countersign/protocol/wire';
import type { Queryable, Transaction } from '../platform/store/store.ts';
import { findOverrides, holdOverrides, keepOverrides } from './store.ts';

/** The organisation's settings: defaults here, and what the administrator changed of them in the store. */
export const defaults: Settings = {
  organization: { name: 'Countersign', language: 'en' },
  mfa: { required: true, required_from: null, factors: ['push', 'totp', 'passkey', 'recovery_code'] },
  push: {
    enabled: true,
    lifetime_s: 60,
    confirmation: 'adaptive',
    number_length: 2,
    nist_profile: false,
    user_verification: 'preferred',
    authenticators_per_user: 1,
    approve_from_notification: false,
    transfer: true,
  },
  password_reset: { without_factor: 'mail' },
  people: { deletion_days: 30 },
  events: { retention_days: 400 },
  telemetry: { diagnostics_default: true, usage_default: true },
};

/** When everybody must have a second factor (milliseconds since 1970, 0 for at once); undefined where not everybody must. */
export const requiredOfAllFrom = ({ mfa }: Settings): number | undefined =>
  mfa.required ? (mfa.required_from ?? 0) : undefined;

/** Whether everybody must have a second factor by now. */
export const isRequiredOfAll = (settings: Settings, now: number): boolean =>
  (requiredOfAllFrom(settings) ?? Infinity) <= now;

type Overrides = { [K in keyof Settings]?: Partial<Settings[K]> };

/** Read afresh each time: one row by its key, so a change holds from the next call on, in every process. */
export async function readSettings(on: Queryable): Promise<Settings> {
  const row = await findOverrides.get(on);
  return withOverrides(row ? (JSON.parse(row.overrides) as Overrides) : {});
}

/** Applies an RFC 7396 merge patch and returns the settings before and after; `null` restores a default. */
export async function patchSettings(
  transaction: Transaction,
  patch: SettingsPatch,
): Promise<{ before: Settings; after: Settings }> {
  const held = (await holdOverrides.get(transaction))!;
  const overrides = JSON.parse(held.overrides) as Overrides;
  const changed = mergeOverrides(overrides, patch);
  await keepOverrides.run(transaction, { overrides: JSON.stringify(changed) });
  return { before: withOverrides(overrides), after: withOverrides(changed) };
}

const groups = Object.keys(defaults) as (keyof Settings)[];

function withOverrides(overrides: Overrides): Settings {
  return Object.fromEntries(
    groups.map((group) => [group, { ...defaults[group], ...overrides[group] }]),
  ) as unknown as Settings;
}

function mergeOverrides(overrides: Overrides, patch: SettingsPatch): Overrides {
  const merged: Record<string, Record<string, unknown>> = {};
  for (const group of groups) {
    const change = patch[group];
    if (change === null) continue;
    const members: Record<string, unknown> = { ...overrides[group] };
    for (const [name, value] of Object.entries(change ?? {})) {
      // Unknown members are ignored, as everywhere.
      if (!(name in defaults[group])) continue;
      if (value === null) delete members[name];
      else members[name] = value;
    }
    if (Object.keys(members).length > 0) merged[group] = members;
  }
  return merged;
}
