import { Autocomplete, Button, Checkbox, Fieldset, Group, Stack, Switch, Text } from '@mantine/core';
import type { HostRule } from '@countersign/protocol/wire';
import { factorNames, factors, ruleInWords } from './group-words.ts';
import type { RuleDraft } from './rule-draft.ts';
import { serviceName } from './words.ts';

const common = ['sshd', 'sudo', 'su', 'login', 'gdm-password', 'lightdm', 'sddm', 'cockpit', 'polkit-1'];

/** The rule of one service, and what it comes to as a sentence. */
export function RuleFields(props: {
  draft: RuleDraft;
  problem: string | undefined;
  onChange: (draft: RuleDraft) => void;
  onRemove: () => void;
}) {
  const { draft, problem, onChange, onRemove } = props;
  const { key, service, rule } = draft;
  const isForOthers = service === '*' && key === 0;
  const legend = service.trim() === '' ? 'New service' : serviceName(service);
  const set = (change: Partial<HostRule>) => onChange({ ...draft, rule: { ...rule, ...change } });
  return (
    <Fieldset
      legend={legend}
      id={isForOthers ? `rule-${key}` : undefined}
      tabIndex={isForOthers ? -1 : undefined}
    >
      <Stack gap="md">
        {!isForOthers && (
          <Autocomplete
            id={`rule-${key}`}
            label="Service"
            description="Its name in PAM: sshd for ssh."
            data={common}
            // It would cover what is below it.
            openOnFocus={false}
            value={service}
            onChange={(name) => onChange({ ...draft, service: name })}
            error={problem}
            maxLength={64}
            autoCapitalize="none"
            spellCheck={false}
          />
        )}
        <Switch
          label="Nobody logs in by it"
          checked={rule.deny}
          onChange={(event) => set({ deny: event.currentTarget.checked })}
        />
        {!rule.deny && (
          <>
            <Checkbox.Group
              label="Any one of these is enough"
              value={rule.factors}
              onChange={(chosen) => set({ factors: factors.filter((factor) => chosen.includes(factor)) })}
            >
              <Group gap="md" mt="xs">
                {factors.map((factor) => (
                  <Checkbox key={factor} value={factor} label={factorNames[factor]} />
                ))}
              </Group>
            </Checkbox.Group>
            <Switch
              label="A password or key was asked before"
              description={
                rule.first_factor
                  ? 'As ssh, sudo and the console usually do.'
                  : 'The phone is then all that is asked: a push whose number is typed. Codes do not count.'
              }
              checked={rule.first_factor}
              onChange={(event) => set({ first_factor: event.currentTarget.checked })}
            />
          </>
        )}
        {isForOthers && problem !== undefined && (
          <Text role="alert" size="sm" c="var(--cs-danger)">
            {problem}
          </Text>
        )}
        <Group justify="space-between">
          <Text size="sm" c="var(--cs-text-quiet)" style={{ flex: '1 1 14rem' }}>
            {ruleInWords(rule)}
          </Text>
          {!isForOthers && (
            <Button variant="subtle" size="compact-sm" onClick={onRemove} aria-label={`Remove ${legend}`}>
              Remove
            </Button>
          )}
        </Group>
      </Stack>
    </Fieldset>
  );
}
