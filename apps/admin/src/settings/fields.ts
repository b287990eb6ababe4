import type { Settings } from '@countersign/protocol/wire';
import { absolute } from '../layout/time-in-words.ts';

/** Every setting that this room shows: its words, its default in words, and what it may be. */

export type GroupName = keyof Settings;

/** `group.member`, such as `push.lifetime_s`. */
export type Path = { [G in GroupName]: `${G}.${keyof Settings[G] & string}` }[GroupName];

/** `null` is no date. */
export type Value = string | number | boolean | string[] | null;

interface Words {
  path: Path;
  label: string;
  text: string;
  /** What it is where nobody changed it. */
  default: Value;
  /** Nothing to choose where that switch is off. */
  onlyWith?: Path;
}

export type Field = Words &
  (
    | { kind: 'text'; maxLength: number }
    | { kind: 'switch' }
    | { kind: 'number'; min: number; max: number; unit: { one: string; many: string } }
    | { kind: 'choice'; choices: { value: string; label: string; text: string }[] }
    | { kind: 'factors' }
    /** Milliseconds since 1970. */
    | { kind: 'time'; none: string }
  );

export interface Group {
  title: string;
  lead: string;
  fields: Field[];
}

/** All factors that the list may hold, in its order. */
export const factors: { value: Settings['mfa']['factors'][number]; label: string; text: string }[] = [
  {
    value: 'push',
    label: 'Mobile push',
    text: 'People approve a request in Countersign Authenticator on their phone.',
  },
  {
    value: 'totp',
    label: 'Verification codes',
    text: 'Six digits of any authenticator app. They can be phished, and work without a network.',
  },
  {
    value: 'passkey',
    label: 'Passkeys',
    text: 'Kept by the device, and cannot be phished. They also sign in by themselves, without a password.',
  },
  {
    value: 'recovery_code',
    label: 'Recovery codes',
    text: 'Ten codes on paper, each good once, for the day when a phone is lost.',
  },
];

export const groups: Group[] = [
  {
    title: 'Organisation',
    lead: 'How your organisation calls itself.',
    fields: [
      {
        path: 'organization.name',
        kind: 'text',
        maxLength: 100,
        label: 'Name',
        text: 'On every page, in mail, and on the phone with each account.',
        default: 'Countersign',
      },
      {
        path: 'organization.language',
        kind: 'choice',
        label: 'Language of mail',
        text: 'For whoever has not chosen a language in the User Portal, such as people who are invited.',
        choices: [
          { value: 'en', label: 'English', text: '' },
          { value: 'de', label: 'German', text: '' },
        ],
        default: 'en',
      },
    ],
  },
  {
    title: 'Multi-factor authentication',
    lead: 'What people need besides their password. Administrators always need a second factor here.',
    fields: [
      {
        path: 'mfa.required',
        kind: 'switch',
        label: 'Require a second factor',
        text: 'Everybody must set one up at the first sign-in. Groups and people can be required to on their own pages. Without it, people who have none sign in with their password alone, and passwords must have 15 characters in place of 8.',
        default: true,
      },
      {
        path: 'mfa.required_from',
        kind: 'time',
        none: 'at once',
        onlyWith: 'mfa.required',
        label: 'From',
        text: 'In your time zone; left empty, at once. Until then whoever has none is told at sign-in and by mail: when the date is set, a week before it and a day before it. Sessions from before end in setting one up. Until then new passwords must have 15 characters.',
        default: null,
      },
      {
        path: 'mfa.factors',
        kind: 'factors',
        label: 'Second factors',
        text: 'What people may set up and sign in with beside their password. Whoever has only what is switched off cannot sign in.',
        default: factors.map(({ value }) => value),
      },
    ],
  },
  {
    title: 'Mobile push',
    lead: 'How people approve with their phone.',
    fields: [
      {
        path: 'push.enabled',
        kind: 'switch',
        label: 'Mobile push is on',
        text: 'For everybody for whom nothing else is set on their own page.',
        default: true,
      },
      {
        path: 'push.confirmation',
        kind: 'choice',
        label: 'How a request is approved',
        text: 'Typing a number keeps people from approving what somebody else began.',
        default: 'adaptive',
        choices: [
          {
            value: 'adaptive',
            label: 'By what is familiar',
            text: 'A tap where the person signed in before from this browser, a number anywhere else',
          },
          {
            value: 'number',
            label: 'Always a number',
            text: 'They type the number that the sign-in page shows',
          },
          { value: 'tap', label: 'Always a tap', text: 'Quickest, and the easiest to approve by mistake' },
        ],
      },
      {
        path: 'push.number_length',
        kind: 'number',
        min: 2,
        max: 6,
        unit: { one: 'digit', many: 'digits' },
        label: 'Length of the number',
        text: 'From 2 to 6 digits. NIST SP 800-63B asks for 6.',
        default: 2,
      },
      {
        path: 'push.nist_profile',
        kind: 'switch',
        label: 'NIST profile',
        text: 'A number of 6 digits is typed at each push, whatever the two settings above say (NIST SP 800-63B-4).',
        default: false,
      },
      {
        path: 'push.lifetime_s',
        kind: 'number',
        min: 30,
        max: 300,
        unit: { one: 'second', many: 'seconds' },
        label: 'How long a request waits',
        text: 'From 30 to 300 seconds. Unanswered by then, it expires and lets nobody in.',
        default: 60,
      },
      {
        path: 'push.user_verification',
        kind: 'choice',
        label: 'Face ID, fingerprint or passcode',
        text: 'Whether the phone makes sure who is holding it before it approves.',
        default: 'preferred',
        choices: [
          {
            value: 'preferred',
            label: 'Where the phone has it',
            text: 'Phones without a screen lock approve without it',
          },
          {
            value: 'required',
            label: 'Always',
            text: 'Phones that were set up without it can no longer approve, and must be set up again',
          },
          { value: 'off', label: 'Never', text: 'Holding the unlocked phone is enough' },
        ],
      },
      {
        path: 'push.authenticators_per_user',
        kind: 'number',
        min: 1,
        max: 5,
        unit: { one: 'phone', many: 'phones' },
        label: 'Phones for each person',
        text: 'From 1 to 5. With 1, a new phone takes the place of the old one.',
        default: 1,
      },
      {
        path: 'push.transfer',
        kind: 'switch',
        label: 'People move to a new phone in the app',
        text: 'The old phone hands the account on, with Face ID, fingerprint or passcode, and both phones approve. Without it, a new phone is set up in the User Portal.',
        default: true,
      },
      {
        path: 'push.approve_from_notification',
        kind: 'switch',
        label: 'Approve from the notification',
        text: 'Where a tap is enough, the browser is familiar and nothing else is asked for. A locked phone proves little: whoever has it in hand can approve.',
        default: false,
      },
    ],
  },
  {
    title: 'Password reset',
    lead: 'Who forgot their password gets a link by mail, and confirms with a second factor.',
    fields: [
      {
        path: 'password_reset.without_factor',
        kind: 'choice',
        label: 'People who never had a second factor',
        text: 'Who lost theirs always needs the help desk.',
        default: 'mail',
        choices: [
          {
            value: 'mail',
            label: 'The mailed link is enough',
            text: 'Whoever reads the mailbox can set the password.',
          },
          { value: 'help_desk', label: 'The help desk is needed', text: 'The link alone resets nothing.' },
        ],
      },
    ],
  },
  {
    title: 'People',
    lead: 'Who was deleted is suspended at once, and can be had back until their time has come.',
    fields: [
      {
        path: 'people.deletion_days',
        kind: 'number',
        min: 1,
        max: 365,
        unit: { one: 'day', many: 'days' },
        label: 'How long a deletion can be undone',
        text: 'From 1 to 365 days. It holds for those who are deleted from then on.',
        default: 30,
      },
    ],
  },
  {
    title: 'Event log',
    lead: 'What happened, in rows that nobody can change unseen.',
    fields: [
      {
        path: 'events.retention_days',
        kind: 'number',
        min: 30,
        max: 3650,
        unit: { one: 'day', many: 'days' },
        label: 'How long events are kept',
        text: 'From 30 to 3650 days. Older ones are removed, and a signed note stays in their place.',
        default: 400,
      },
    ],
  },
  {
    title: 'App reports',
    lead: 'Counts that apps send of how they fare: never a name, an account or an address. Whoever uses an app can switch either kind, whatever is set here.',
    fields: [
      {
        path: 'telemetry.diagnostics_default',
        kind: 'switch',
        label: 'Apps begin with diagnostics on',
        text: 'How often something failed, came late or was slow.',
        default: true,
      },
      {
        path: 'telemetry.usage_default',
        kind: 'switch',
        label: 'Apps begin with usage on',
        text: 'How often something was used, such as a code copied or a backup made.',
        default: true,
      },
    ],
  },
];

/** A value of a field in words. */
export function valueInWords(field: Field, value: Value): string {
  switch (field.kind) {
    case 'switch':
      return value === true ? 'on' : 'off';
    case 'factors':
      return (
        factors
          .filter((each) => (value as string[]).includes(each.value))
          .map(({ label }) => label)
          .join(', ') || 'none'
      );
    case 'choice':
      return field.choices.find((choice) => choice.value === value)?.label ?? String(value);
    case 'number':
      return `${String(value)} ${unitOf(field, value)}`;
    case 'time':
      return typeof value === 'number' ? absolute.format(value) : field.none;
    case 'text':
      return String(value);
  }
}

export const unitOf = ({ unit }: { unit: { one: string; many: string } }, value: Value): string =>
  value === 1 ? unit.one : unit.many;

/** A setting by its words, such as "Mobile push: How long a request waits"; undefined for a path that is none. */
export function settingName(path: string): string | undefined {
  const group = groups.find(({ fields }) => fields.some((field) => field.path === path));
  const field = group?.fields.find((each) => each.path === path);
  return group && field && `${group.title}: ${field.label}`;
}
