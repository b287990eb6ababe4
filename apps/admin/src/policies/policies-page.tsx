import { Button, EmptyState, Group, Modal, Skeleton, Text } from '@mantine/core';
import type { Policies, PolicyRule } from '@countersign/protocol/wire';
import { IconListCheck, IconPlus } from '@tabler/icons-react';
import { useQuery } from '@tanstack/react-query';
import { useState, type ReactNode } from 'react';
import { Failure } from '../layout/failure.tsx';
import { ExportButton } from '../layout/export-button.tsx';
import { Page } from '../layout/page.tsx';
import { Section } from '../layout/section.tsx';
import { Unsaved } from '../layout/unsaved.tsx';
import { changePolicies, readPolicies } from '../server/admin-api.ts';
import { may } from '../session/permissions.ts';
import { useSession } from '../session/session.ts';
import { Effect } from './effect.tsx';
import styles from './policies.module.css';
import { RuleForm } from './rule-form.tsx';
import { ruleInWords } from './rule-words.ts';
import { Simulator } from './simulator.tsx';
import { useChange } from './use-change.ts';
import { Versions } from './versions.tsx';
import { Warnings } from './warnings.tsx';

export function PoliciesPage() {
  const { user } = useSession();
  const { data, error, isPending, refetch } = useQuery({ queryKey: ['policies'], queryFn: readPolicies });
  const writable = may(user, 'write_settings');
  return (
    <Page
      title="Policies"
      lead="The first rule that matches decides. It can ask for more than the settings, and never for less."
      action={<ExportButton of="policies" />}
      narrow
    >
      {isPending && (
        <div role="status" aria-label="Loading the policies">
          <Skeleton height={220} />
        </div>
      )}
      {error && !data && <Failure error={error} what="The policies could not be loaded." retry={refetch} />}
      {data && <Loaded policies={data} writable={writable} />}
    </Page>
  );
}

/** What was changed and is not saved yet. */
interface Draft {
  /** Of the version that it began with: where another came meanwhile, it is not saved over that. */
  etag: string;
  rules: PolicyRule[];
  names: Record<string, string>;
}

function Loaded({ policies, writable }: { policies: Policies; writable: boolean }) {
  const [draft, setDraft] = useState<Draft | null>(null);
  const discard = () => {
    setDraft(null);
    save.reset();
  };
  const save = useChange(
    ({ rules, ...seen }: Draft) => changePolicies(seen, rules),
    'The policies were saved.',
    () => setDraft(null),
  );
  const { rules, names } = draft ?? policies;
  const change = (next: PolicyRule[], more: Record<string, string> = {}) => {
    save.reset();
    const etag = draft?.etag ?? policies.etag;
    setDraft({ etag, rules: next, names: { ...names, ...more } });
  };
  const overtaken = draft !== null && draft.etag !== policies.etag;
  return (
    <>
      <Rules rules={rules} names={names} writable={writable} onChange={change}>
        {!draft && <Warnings warnings={policies.warnings} />}
        {save.error && <Failure error={save.error} what="The policies were not changed." />}
        {draft && (
          <div className={styles.bar}>
            <Text role="status">
              {overtaken ? 'Somebody else was faster: discard your changes' : 'Changes are not saved yet'}
            </Text>
            <Group gap="sm">
              <Button variant="default" onClick={discard} disabled={save.isPending}>
                Discard
              </Button>
              <Button onClick={() => save.mutate(draft)} loading={save.isPending} disabled={overtaken}>
                Save changes
              </Button>
            </Group>
          </div>
        )}
      </Rules>
      {draft && <Effect rules={rules} />}
      <Simulator rules={rules} draft={draft !== null} />
      <Versions policies={policies} writable={writable && draft === null} />
      <Unsaved dirty={draft !== null} what="policies" />
    </>
  );
}

function Rules(props: {
  rules: PolicyRule[];
  names: Record<string, string>;
  writable: boolean;
  /** `names`: of what rules name now, and did not before. */
  onChange: (rules: PolicyRule[], names?: Record<string, string>) => void;
  children: ReactNode;
}) {
  const { rules, names, writable, onChange, children } = props;
  const [edited, setEdited] = useState<PolicyRule | null>(null);
  const close = () => setEdited(null);
  const isNew = edited !== null && rules.every(({ id }) => id !== edited.id);
  const keep = (rule: PolicyRule, more: Record<string, string>) => {
    onChange(isNew ? [...rules, rule] : rules.map((each) => (each.id === rule.id ? rule : each)), more);
    close();
  };
  return (
    <Section title="Rules">
      {rules.length === 0 ? (
        <EmptyState
          py="lg"
          icon={<IconListCheck aria-hidden />}
          withIndicatorBackground
          title="No rules yet"
          description="What the settings say holds for everybody, everywhere."
        />
      ) : (
        <ol className={styles.rules} aria-label="Rules, in the order in which they are looked at">
          {rules.map((rule, index) => (
            <li key={rule.id} className={styles.rule}>
              <div className={styles.name}>
                {index + 1}. {rule.name}
                {!rule.enabled && <span className={styles.off}> (off)</span>}
              </div>
              <Text className={rule.enabled ? undefined : styles.off}>{ruleInWords(rule, names)}</Text>
              {writable && (
                <Group gap="xs" mt="sm">
                  <Act label="Edit" of={rule} onClick={() => setEdited(rule)} />
                  <Act
                    label="Move up"
                    of={rule}
                    off={index === 0}
                    onClick={() => onChange(swapped(rules, index - 1))}
                  />
                  <Act
                    label="Move down"
                    of={rule}
                    off={index === rules.length - 1}
                    onClick={() => onChange(swapped(rules, index))}
                  />
                  <Act
                    label={rule.enabled ? 'Turn off' : 'Turn on'}
                    of={rule}
                    onClick={() =>
                      onChange(
                        rules.map((each) => (each === rule ? { ...rule, enabled: !rule.enabled } : each)),
                      )
                    }
                  />
                  <Act
                    label="Delete"
                    of={rule}
                    onClick={() => onChange(rules.filter((each) => each !== rule))}
                  />
                </Group>
              )}
            </li>
          ))}
        </ol>
      )}
      {writable && (
        <Button
          my="lg"
          variant={rules.length === 0 ? 'filled' : 'default'}
          leftSection={<IconPlus size={18} aria-hidden />}
          disabled={rules.length >= 200}
          onClick={() => setEdited(newRule())}
        >
          Add a rule
        </Button>
      )}
      {children}
      <Modal
        opened={edited !== null}
        onClose={close}
        title={isNew ? 'Add a rule' : 'Edit the rule'}
        size="lg"
        centered
        closeButtonProps={{ 'aria-label': 'Close' }}
      >
        {edited && (
          <RuleForm
            rule={edited}
            names={names}
            act={isNew ? 'Add the rule' : 'Change the rule'}
            onSubmit={keep}
            onCancel={close}
          />
        )}
      </Modal>
    </Section>
  );
}

function Act(props: { label: string; of: PolicyRule; off?: boolean; onClick: () => void }) {
  const { label, of, off = false, onClick } = props;
  return (
    <Button
      variant="default"
      size="compact-sm"
      disabled={off}
      onClick={onClick}
      aria-label={`${label}: ${of.name}`}
    >
      {label}
    </Button>
  );
}

/** This one and the next change places. */
const swapped = (rules: readonly PolicyRule[], index: number): PolicyRule[] =>
  rules.toSpliced(index, 2, rules[index + 1]!, rules[index]!);

const newRule = (): PolicyRule => ({
  id: crypto.randomUUID(),
  name: '',
  enabled: true,
  who: null,
  what: [],
  networks: null,
  familiar: null,
  when: null,
  effect: {},
});
