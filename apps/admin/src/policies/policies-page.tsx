import { Button, EmptyState, Group, Modal, Skeleton, Text } from '@mantine/core';
import type { Policies, PolicyRule } from '@countersign/protocol/wire';
import { IconListCheck, IconPlus } from '@tabler/icons-react';
import { useQuery } from '@tanstack/react-query';
import { useState } from 'react';
import { ConfirmDialog } from '../layout/confirm-dialog.tsx';
import { Failure } from '../layout/failure.tsx';
import { ExportButton } from '../layout/export-button.tsx';
import { Page } from '../layout/page.tsx';
import { Section } from '../layout/section.tsx';
import { changePolicies, readPolicies } from '../server/admin-api.ts';
import { may } from '../session/permissions.ts';
import { useSession } from '../session/session.ts';
import styles from './policies.module.css';
import { RuleForm } from './rule-form.tsx';
import { ruleInWords } from './rule-words.ts';
import { Simulator } from './simulator.tsx';
import { useChange } from './use-change.ts';
import { Versions } from './versions.tsx';

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
      {data && (
        <>
          <Rules policies={data} writable={writable} />
          <Simulator etag={data.etag} />
          <Versions policies={data} writable={writable} />
        </>
      )}
    </Page>
  );
}

function Rules({ policies, writable }: { policies: Policies; writable: boolean }) {
  const { rules, names } = policies;
  const [edited, setEdited] = useState<PolicyRule | null>(null);
  const [removed, setRemoved] = useState<PolicyRule | null>(null);
  const close = () => {
    setEdited(null);
    setRemoved(null);
  };
  const save = useChange(
    (next: PolicyRule[]) => changePolicies(policies, next),
    'The policies were saved.',
    close,
  );
  const cancel = () => {
    save.reset();
    close();
  };
  const isNew = edited !== null && rules.every(({ id }) => id !== edited.id);
  const keep = (rule: PolicyRule) =>
    save.mutate(isNew ? [...rules, rule] : rules.map((each) => (each.id === rule.id ? rule : each)));
  return (
    <Section title="Rules">
      {save.error && !edited && !removed && (
        <Failure error={save.error} what="The policies were not changed." />
      )}
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
                    onClick={() => save.mutate(swapped(rules, index - 1))}
                  />
                  <Act
                    label="Move down"
                    of={rule}
                    off={index === rules.length - 1}
                    onClick={() => save.mutate(swapped(rules, index))}
                  />
                  <Act
                    label={rule.enabled ? 'Turn off' : 'Turn on'}
                    of={rule}
                    onClick={() =>
                      save.mutate(
                        rules.map((each) => (each === rule ? { ...rule, enabled: !rule.enabled } : each)),
                      )
                    }
                  />
                  <Act label="Delete" of={rule} onClick={() => setRemoved(rule)} />
                </Group>
              )}
            </li>
          ))}
        </ol>
      )}
      {writable && (
        <Button
          mt="lg"
          leftSection={<IconPlus size={18} aria-hidden />}
          disabled={rules.length >= 200}
          onClick={() => setEdited(newRule())}
        >
          Add a rule
        </Button>
      )}
      <Modal
        opened={edited !== null}
        onClose={cancel}
        title={isNew ? 'Add a rule' : 'Edit the rule'}
        size="lg"
        centered
        closeButtonProps={{ 'aria-label': 'Close' }}
      >
        {edited && (
          <RuleForm
            rule={edited}
            names={names}
            act={isNew ? 'Add the rule' : 'Save the rule'}
            busy={save.isPending}
            error={save.error}
            onSubmit={keep}
            onCancel={cancel}
          />
        )}
      </Modal>
      <ConfirmDialog
        opened={removed !== null}
        title={`Delete “${removed?.name ?? ''}”?`}
        act="Delete the rule"
        busy={save.isPending}
        error={save.error}
        onConfirm={() => removed && save.mutate(rules.filter(({ id }) => id !== removed.id))}
        onClose={cancel}
      >
        What it asks for is asked no more. An earlier version can be restored.
      </ConfirmDialog>
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
