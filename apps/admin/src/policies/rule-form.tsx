import {
  Button,
  Checkbox,
  Group,
  NumberInput,
  Radio,
  Select,
  Stack,
  Switch,
  Textarea,
  TextInput,
} from '@mantine/core';
import type { Named, PolicyEffect, PolicyRule } from '@countersign/protocol/wire';
import { useState, type FormEvent } from 'react';
import { GroupPicker } from '../groups/group-picker.tsx';
import { PeoplePicker, TargetsPicker } from './pickers.tsx';
import { dayNames, factorKinds, factorNames, isAboutEnrolling, targetInWords } from './rule-words.ts';

/** One rule in a form, new or not. `names`: of what it names. */
export function RuleForm(props: {
  rule: PolicyRule;
  names: Record<string, string>;
  act: string;
  /** `names`: of what it names now. */
  onSubmit: (rule: PolicyRule, names: Record<string, string>) => void;
  onCancel: () => void;
}) {
  const { names, act, onSubmit, onCancel } = props;
  const [rule, setRule] = useState(props.rule);
  const [groups, setGroups] = useState(() => named(rule.who?.groups, names));
  const [people, setPeople] = useState(() => named(rule.who?.users, names));
  const [ranges, setRanges] = useState(rule.networks?.ranges.join('\n') ?? '');
  const [labels, setLabels] = useState(() =>
    Object.fromEntries(rule.what.map((target) => [target, targetInWords(target, names)])),
  );
  const [tried, setTried] = useState(false);
  const set = (change: Partial<PolicyRule>) => setRule({ ...rule, ...change });
  const { effect, networks, when } = rule;
  const written = ranges.split(/[\s,]+/).filter(Boolean);
  const has = (kind: string) => rule.what.some((target) => target.startsWith(kind));
  const isForPortals = has('portal') || has('admin');
  const enrolling = isAboutEnrolling(rule);
  const problems = {
    name: rule.name.trim() === '' ? 'Give the rule a name.' : undefined,
    what: rule.what.length === 0 ? 'Choose at least one.' : undefined,
    who: rule.who && groups.length + people.length === 0 ? 'Choose somebody.' : undefined,
    networks: networks && written.length === 0 ? 'Write at least one network.' : undefined,
    days: when && when.weekdays.length === 0 ? 'Choose at least one day.' : undefined,
    factors: enrolling && !effect.deny && !effect.factors ? 'Choose at least one.' : undefined,
  };
  const submit = (event: FormEvent) => {
    event.preventDefault();
    setTried(true);
    const wrong = Object.entries(problems).find(([, problem]) => problem !== undefined && problem !== null);
    if (wrong) return document.getElementById(`rule-${wrong[0]}`)?.focus();
    const { session_minutes, fresh_minutes, ...rest } = effect;
    const nameOf = (target: string) => [target.split(':')[1] ?? '', labels[target] ?? ''] as const;
    const known = [
      ...[...people, ...groups].map(({ id, name }) => [id, name] as const),
      ...rule.what.map(nameOf).filter(([id]) => id !== '' && id !== '*'),
    ];
    const kept: PolicyRule = {
      ...rule,
      name: rule.name.trim(),
      who: rule.who && { users: people.map(({ id }) => id), groups: groups.map(({ id }) => id) },
      networks: networks && { inside: networks.inside, ranges: written },
      effect: effect.deny
        ? { deny: true }
        : {
            ...rest,
            ...(isForPortals && session_minutes ? { session_minutes } : {}),
            ...(has('application') && fresh_minutes ? { fresh_minutes } : {}),
          },
    };
    onSubmit(kept, Object.fromEntries(known));
  };
  const shown = (problem: string | null | undefined) => (tried ? (problem ?? undefined) : undefined);
  /** A demand is there, or is not. */
  const demand = <K extends keyof PolicyRule['effect']>(
    key: K,
    value: PolicyRule['effect'][K] | undefined,
  ) => {
    const { [key]: _, ...others } = effect;
    set({ effect: value === undefined ? others : { ...others, [key]: value } });
  };
  return (
    <form onSubmit={submit} noValidate>
      <Stack gap="lg">
        <TextInput
          id="rule-name"
          label="Name"
          description="Events name the rule that decided."
          value={rule.name}
          onChange={(event) => set({ name: event.currentTarget.value })}
          error={shown(problems.name)}
          maxLength={100}
          autoComplete="off"
          data-autofocus
          required
        />
        <Radio.Group
          label="About"
          value={enrolling ? 'enrolling' : 'entering'}
          onChange={(value) =>
            set({
              what: value === 'enrolling' ? ['enrollment'] : [],
              networks: null,
              familiar: null,
              when: null,
              effect: {},
            })
          }
        >
          <Group gap="lg" mt="xs">
            <Radio value="entering" label="Getting in" />
            <Radio value="enrolling" label="Enrolling a factor" />
          </Group>
        </Radio.Group>
        <Radio.Group
          label="Who"
          value={rule.who ? 'some' : 'all'}
          onChange={(value) => set({ who: value === 'all' ? null : { users: [], groups: [] } })}
          error={shown(problems.who)}
        >
          <Group gap="lg" mt="xs">
            <Radio value="all" label="Everybody" id="rule-who" />
            <Radio value="some" label="Some people or groups" />
          </Group>
        </Radio.Group>
        {rule.who && (
          <>
            <GroupPicker chosen={groups} onChange={setGroups} />
            <PeoplePicker chosen={people} onChange={setPeople} />
          </>
        )}
        {enrolling ? (
          <Enrollable
            effect={effect}
            error={shown(problems.factors)}
            onChange={(next) => set({ effect: next })}
          />
        ) : (
          <>
            <TargetsPicker
              chosen={rule.what}
              labels={labels}
              onChange={(what, known) => {
                setLabels({ ...labels, ...known });
                set({ what });
              }}
              error={shown(problems.what)}
            />
            <Select
              label="From where"
              data={[
                { value: 'any', label: 'Anywhere' },
                { value: 'inside', label: 'From these networks' },
                { value: 'outside', label: 'From outside these networks' },
              ]}
              value={networks ? (networks.inside ? 'inside' : 'outside') : 'any'}
              onChange={(value) =>
                set({ networks: value === 'any' ? null : { inside: value === 'inside', ranges: [] } })
              }
              allowDeselect={false}
            />
            {networks && (
              <Textarea
                id="rule-networks"
                label="Networks"
                description="Addresses or networks such as 192.0.2.0/24 or 2001:db8::/32, one a line. An address that nobody knows is in none."
                value={ranges}
                onChange={(event) => setRanges(event.currentTarget.value)}
                error={shown(problems.networks)}
                autosize
                minRows={2}
                spellCheck={false}
              />
            )}
            <Select
              label="In which browser"
              data={[
                { value: 'any', label: 'Any' },
                { value: 'familiar', label: 'Familiar: used lately with a number, a code or a passkey' },
                { value: 'unfamiliar', label: 'Unfamiliar' },
              ]}
              value={rule.familiar === null ? 'any' : rule.familiar ? 'familiar' : 'unfamiliar'}
              onChange={(value) => set({ familiar: value === 'any' ? null : value === 'familiar' })}
              allowDeselect={false}
            />
            <Switch
              label="Only at some times"
              checked={when !== null}
              onChange={(event) => set({ when: event.currentTarget.checked ? usualTimes() : null })}
            />
            {when && (
              <>
                <Checkbox.Group
                  label="Days"
                  value={when.weekdays.map(String)}
                  onChange={(days) => set({ when: { ...when, weekdays: days.map(Number) } })}
                  error={shown(problems.days)}
                >
                  <Group gap="md" mt="xs">
                    {dayNames.map((day, index) => (
                      <Checkbox
                        key={day}
                        value={String(index + 1)}
                        label={day}
                        id={index === 0 ? 'rule-days' : undefined}
                      />
                    ))}
                  </Group>
                </Checkbox.Group>
                <Group grow>
                  {(['from', 'until'] as const).map((end) => (
                    <TextInput
                      key={end}
                      type="time"
                      label={end === 'from' ? 'From' : 'Until'}
                      value={when[end]}
                      onChange={(event) =>
                        event.currentTarget.value &&
                        set({ when: { ...when, [end]: event.currentTarget.value } })
                      }
                    />
                  ))}
                </Group>
                <Select
                  label="Time zone"
                  data={[...new Set([when.time_zone, 'UTC', ...Intl.supportedValuesOf('timeZone')])]}
                  value={when.time_zone}
                  onChange={(zone) => zone && set({ when: { ...when, time_zone: zone } })}
                  searchable
                  openOnFocus={false}
                  limit={50}
                  allowDeselect={false}
                />
              </>
            )}
            <Radio.Group
              label="Then"
              value={effect.deny ? 'deny' : 'allow'}
              onChange={(value) => set({ effect: value === 'deny' ? { deny: true } : {} })}
            >
              <Group gap="lg" mt="xs">
                <Radio value="allow" label="Allow, with" />
                <Radio value="deny" label="Deny" />
              </Group>
            </Radio.Group>
            {!effect.deny && (
              <>
                <Checkbox.Group
                  label="Only these factors"
                  description="None chosen: all that the settings allow."
                  value={effect.factors ?? []}
                  onChange={(chosen) => {
                    const factors = factorKinds.filter((kind) => chosen.includes(kind));
                    demand('factors', factors.length > 0 ? factors : undefined);
                  }}
                >
                  <Group gap="md" mt="xs">
                    {factorKinds.map((kind) => (
                      <Checkbox key={kind} value={kind} label={factorNames[kind]} />
                    ))}
                  </Group>
                </Checkbox.Group>
                <Switch
                  label="The number is typed at each push"
                  checked={effect.confirmation === 'number'}
                  onChange={(event) =>
                    demand('confirmation', event.currentTarget.checked ? 'number' : undefined)
                  }
                />
                <Switch
                  label="Face, fingerprint or passcode at each push"
                  checked={effect.user_verification === 'required'}
                  onChange={(event) =>
                    demand('user_verification', event.currentTarget.checked ? 'required' : undefined)
                  }
                />
                <Switch
                  label="Resists phishing: a passkey only"
                  checked={effect.phishing_resistant === true}
                  onChange={(event) =>
                    demand('phishing_resistant', event.currentTarget.checked ? true : undefined)
                  }
                />
                {isForPortals && (
                  <NumberInput
                    label="Length of the session, in minutes"
                    description="Empty: as long as any."
                    value={effect.session_minutes ?? ''}
                    onChange={(value) => demand('session_minutes', Number(value) || undefined)}
                    min={5}
                    max={1440}
                    allowDecimal={false}
                  />
                )}
                {has('application') && (
                  <NumberInput
                    label="How old a proof may be, in minutes"
                    description="Empty: as old as the application says."
                    value={effect.fresh_minutes ?? ''}
                    onChange={(value) => demand('fresh_minutes', Number(value) || undefined)}
                    min={1}
                    max={1440}
                    allowDecimal={false}
                  />
                )}
              </>
            )}
          </>
        )}
        <Group>
          <Button type="submit">{act}</Button>
          <Button variant="default" onClick={onCancel}>
            Cancel
          </Button>
        </Group>
      </Stack>
    </form>
  );
}

/** Which factors may be enrolled. */
function Enrollable(props: {
  effect: PolicyEffect;
  error: string | undefined;
  onChange: (effect: PolicyEffect) => void;
}) {
  const { effect, error, onChange } = props;
  return (
    <>
      <Radio.Group
        label="They may enrol"
        value={effect.deny ? 'nothing' : 'some'}
        onChange={(value) => onChange(value === 'nothing' ? { deny: true } : {})}
      >
        <Group gap="lg" mt="xs">
          <Radio value="some" label="These factors, as far as the settings allow them" />
          <Radio value="nothing" label="Nothing" />
        </Group>
      </Radio.Group>
      {!effect.deny && (
        <Checkbox.Group
          label="Factors"
          description="What somebody has enrolled already stays."
          value={effect.factors ?? []}
          onChange={(chosen) => {
            const factors = factorKinds.filter((kind) => chosen.includes(kind));
            onChange(factors.length > 0 ? { factors } : {});
          }}
          error={error}
        >
          <Group gap="md" mt="xs">
            {factorKinds.map((kind, index) => (
              <Checkbox
                key={kind}
                value={kind}
                label={factorNames[kind]}
                id={index === 0 ? 'rule-factors' : undefined}
              />
            ))}
          </Group>
        </Checkbox.Group>
      )}
    </>
  );
}

const named = (ids: readonly string[] | undefined, names: Record<string, string>): Named[] =>
  (ids ?? []).map((id) => ({ id, name: names[id] ?? 'Removed' }));

const usualTimes = (): NonNullable<PolicyRule['when']> => ({
  weekdays: [1, 2, 3, 4, 5],
  from: '08:00',
  until: '18:00',
  time_zone: Intl.DateTimeFormat().resolvedOptions().timeZone,
});
