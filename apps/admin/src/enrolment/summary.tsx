import { Anchor, Progress, Text } from '@mantine/core';
import type { EnrollmentSummary } from '@countersign/protocol/wire';
import { Link } from '@tanstack/react-router';
import { Section } from '../layout/section.tsx';
import { people, requirementInWords } from './words.ts';

/** How many have a second factor, and what is required of all of them. */
export function Summary(props: { summary: EnrollmentSummary; groupId: string | undefined }) {
  const { summary, groupId } = props;
  const { with_factor, without_factor, required } = summary;
  const all = with_factor + without_factor;
  // Never whole while somebody is missing.
  const share = all === 0 ? 0 : Math.floor((with_factor / all) * 100);
  return (
    <Section title={`${people(without_factor)} without a second factor`}>
      <Progress value={share} aria-label="People with a second factor" size="lg" mb="sm" />
      <Text>
        {people(with_factor)} of {all.toLocaleString('en')} {with_factor === 1 ? 'has' : 'have'} one
        {all > 0 && ` (${share} %)`}.
      </Text>
      <Text c="var(--cs-text-quiet)">
        {groupId === undefined ? 'Of everybody' : 'Of every member'}:{' '}
        {requirementInWords(summary, Date.now()).replace(/^(Since|From)/, (word) =>
          word === 'Since' ? 'required since' : 'required from',
        )}
        .{' '}
        <Anchor
          underline="always"
          renderRoot={(link) =>
            groupId === undefined ? (
              <Link to="/settings" {...link} />
            ) : (
              <Link to="/groups/$id" params={{ id: groupId }} {...link} />
            )
          }
        >
          {required ? 'Change it' : 'Require it'}
        </Anchor>
      </Text>
    </Section>
  );
}
