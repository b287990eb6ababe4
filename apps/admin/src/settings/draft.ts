import type { Settings, SettingsPatch } from '@countersign/protocol/wire';
import { groups, type Field, type Path, type Value } from './fields.ts';

/** What was changed in the form and is not saved yet. `null`: back to the default. */
export type Draft = Partial<Record<Path, Value | null>>;

const split = (path: Path) => path.split('.') as [keyof Settings, string];

export function savedValue(settings: Settings, path: Path): Value {
  const [group, member] = split(path);
  return (settings[group] as Record<string, Value>)[member]!;
}

const same = (one: unknown, other: unknown) => JSON.stringify(one) === JSON.stringify(other);

/** What the field shows now. */
export function shownValue(settings: Settings, draft: Draft, field: Field): Value {
  const drafted = draft[field.path];
  if (drafted === undefined) return savedValue(settings, field.path);
  return drafted ?? field.default;
}

/** The draft with one more change; a change back to what is saved is none. */
export function withChange(settings: Settings, draft: Draft, field: Field, value: Value | null): Draft {
  const { [field.path]: _before, ...others } = draft;
  return same(value ?? field.default, savedValue(settings, field.path))
    ? others
    : { ...others, [field.path]: value };
}

/** The merge patch (RFC 7396) of exactly what was changed. */
export function patchOf(draft: Draft): SettingsPatch {
  const patch: Record<string, Record<string, Value | null>> = {};
  for (const [path, value] of Object.entries(draft) as [Path, Value | null][]) {
    const [group, member] = split(path);
    patch[group] = { ...patch[group], [member]: value };
  }
  return patch;
}

/** What is wrong with the values that are shown, by path. */
export function problemsOf(settings: Settings, draft: Draft): Partial<Record<Path, string>> {
  const problems: Partial<Record<Path, string>> = {};
  for (const field of groups.flatMap((group) => group.fields)) {
    const value = shownValue(settings, draft, field);
    if (field.kind === 'text' && String(value).trim() === '') problems[field.path] = 'Give a name.';
    if (field.kind === 'number' && !isWithin(value, field)) {
      problems[field.path] = `Give a whole number from ${field.min} to ${field.max}.`;
    }
  }
  return problems;
}

const isWithin = (value: Value, { min, max }: { min: number; max: number }) =>
  typeof value === 'number' && Number.isInteger(value) && value >= min && value <= max;

/**
 * Mobile push would be switched off. Whoever has a phone can then not sign in, whether or not a second factor is
 * required: a factor that is switched off still counts as had, and the password alone never takes its place.
 */
export function switchesPushOff(settings: Settings, draft: Draft): boolean {
  const [enabled, factors] = (['push.enabled', 'mfa.factors'] as const).map((path) => {
    const field = groups.flatMap((group) => group.fields).find((each) => each.path === path)!;
    return { before: savedValue(settings, path), after: shownValue(settings, draft, field) };
  });
  const isPushOn = (when: 'before' | 'after') =>
    enabled![when] === true && (factors![when] as string[]).includes('push');
  return isPushOn('before') && !isPushOn('after');
}
