import { Anchor, Button, Group, Stack, Text } from '@mantine/core';
import type {
  PolicyChangeExample,
  PolicyEffectReport,
  PolicyRule,
  PolicySimulation,
} from '@countersign/protocol/wire';
import { useMutation } from '@tanstack/react-query';
import { Link } from '@tanstack/react-router';
import { Callout } from '../layout/callout.tsx';
import { Failure } from '../layout/failure.tsx';
import { Section } from '../layout/section.tsx';
import { Time } from '../layout/time.tsx';
import { policyEffect } from '../server/admin-api.ts';
import { changeInWords, lookedAtInWords, signInInWords } from './effect-words.ts';
import styles from './policies.module.css';
import { simulationInWords } from './rule-words.ts';
import { Warnings } from './warnings.tsx';

/** What rules that are not saved yet would have changed of the sign-ins of the last week. */
export function Effect({ rules }: { rules: PolicyRule[] }) {
  const effect = useMutation({
    mutationFn: async () => ({ rules, report: await policyEffect(rules) }),
  });
  // What other rules would have changed says nothing of these.
  const report = effect.data?.rules === rules ? effect.data.report : undefined;
  return (
    <Section
      title="Effect of the unsaved changes"
      lead="The sign-ins of the last 7 days, decided again: by the rules that hold, and by those above. Groups and settings are those of today. An application that was opened within a session is no sign-in."
    >
      <Stack gap="md">
        <Group>
          <Button variant="default" loading={effect.isPending} onClick={() => effect.mutate()}>
            Try them on the last 7 days
          </Button>
        </Group>
        {effect.error && <Failure error={effect.error} what="It could not be tried." />}
        {report && <Report report={report} />}
      </Stack>
    </Section>
  );
}

function Report({ report }: { report: PolicyEffectReport }) {
  const { title, more } = lookedAtInWords(report);
  const isGrave = report.changes.some(({ kind }) => kind === 'refused' || kind === 'stuck');
  return (
    <>
      <Callout tone={isGrave ? 'warning' : 'info'} role="alert" title={title}>
        {!report.complete && (
          <Text size="sm">
            Only the newest, since <Time at={report.since} precise />: there were more than can be looked at
            in one go.
          </Text>
        )}
        {more.map((sentence) => (
          <Text size="sm" key={sentence}>
            {sentence}
          </Text>
        ))}
      </Callout>
      <Warnings warnings={report.warnings} />
      {report.changes.map(({ kind, count, examples }) => (
        <div key={kind}>
          <h3 className={styles.change}>{changeInWords(kind, count)}</h3>
          {examples.length < count && (
            <Text size="sm" c="var(--cs-text-quiet)">
              The latest {examples.length}:
            </Text>
          )}
          <ul className={styles.examples}>
            {examples.map((example, index) => (
              <Example key={index} example={example} names={report.names} />
            ))}
          </ul>
        </div>
      ))}
    </>
  );
}

function Example({ example, names }: { example: PolicyChangeExample; names: Record<string, string> }) {
  const { user, authentication, at, before, after } = example;
  return (
    <li className={styles.example}>
      <Text size="sm">
        <Anchor renderRoot={(props) => <Link to="/people/$id" params={{ id: user.id }} {...props} />}>
          {user.name}
        </Anchor>{' '}
        {signInInWords(example, names)},{' '}
        {authentication === null ? (
          <Time at={at} />
        ) : (
          <Anchor
            renderRoot={(props) => (
              <Link to="/events/authentication/$id" params={{ id: authentication }} {...props} />
            )}
          >
            <Time at={at} />
          </Anchor>
        )}
      </Text>
      <dl className={styles.verdicts}>
        <Verdict label="Before" found={before} />
        <Verdict label="After" found={after} />
      </dl>
    </li>
  );
}

function Verdict({ label, found }: { label: string; found: PolicySimulation }) {
  const { outcome, rule, lasts } = simulationInWords(found);
  return (
    <>
      <dt>{label}</dt>
      <dd>
        {outcome} {lasts} <span className={styles.off}>{rule}</span>
      </dd>
    </>
  );
}
