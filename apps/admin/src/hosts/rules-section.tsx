import { Button, Group, Stack } from '@mantine/core';
import type { HostGroup, HostRule } from '@countersign/protocol/wire';
import { useState, type FormEvent } from 'react';
import { Failure } from '../layout/failure.tsx';
import { Section } from '../layout/section.tsx';
import { useSaved } from '../layout/use-saved.ts';
import { changeHostGroup } from '../server/admin-api.ts';
import { RuleFields } from './rule-fields.tsx';
import { problemsOf, servicesOf, type RuleDraft } from './rule-draft.ts';

const usual: HostRule = { factors: ['push', 'totp', 'recovery_code'], first_factor: true, deny: false };

/** What each service of its hosts asks. */
export function RulesSection({ group }: { group: HostGroup }) {
  const [drafts, setDrafts] = useState<RuleDraft[]>(() => draftsOf(group));
  const [tried, setTried] = useState(false);
  const save = useSaved(
    'host group',
    (services: HostGroup['services']) => changeHostGroup(group, { services }),
    'What is asked was saved.',
  );
  const problems = problemsOf(drafts);
  const submit = (event: FormEvent) => {
    event.preventDefault();
    setTried(true);
    const wrong = problems.findIndex((problem) => problem !== undefined);
    if (wrong >= 0) return document.getElementById(`rule-${drafts[wrong]!.key}`)?.focus();
    save.mutate(servicesOf(drafts));
  };
  const add = () => {
    const key = Math.max(...drafts.map((draft) => draft.key)) + 1;
    setDrafts([...drafts, { key, service: '', rule: usual }]);
    // Its field is there once this has been drawn.
    setTimeout(() => document.getElementById(`rule-${key}`)?.focus());
  };
  return (
    <Section
      title="What is asked"
      lead="By service, as PAM names it. A service that is not named here asks what all others ask."
    >
      {save.error && <Failure error={save.error} what="What is asked was not saved." />}
      <form onSubmit={submit} noValidate>
        <Stack gap="lg">
          {drafts.map((draft, index) => (
            <RuleFields
              key={draft.key}
              draft={draft}
              problem={tried ? problems[index] : undefined}
              onChange={(changed) => setDrafts(drafts.map((each) => (each === draft ? changed : each)))}
              onRemove={() => setDrafts(drafts.filter((each) => each !== draft))}
            />
          ))}
          <Group>
            <Button type="submit" loading={save.isPending} aria-label="Save what is asked">
              Save
            </Button>
            <Button variant="default" onClick={add} disabled={drafts.length >= 50}>
              Add a service
            </Button>
          </Group>
        </Stack>
      </form>
    </Section>
  );
}

/** That of all others first. */
const draftsOf = ({ services }: HostGroup): RuleDraft[] =>
  Object.entries(services)
    .sort(([a], [b]) => (a === '*' ? -1 : b === '*' ? 1 : a.localeCompare(b)))
    .map(([service, rule], key) => ({ key, service, rule }));
