import { Anchor, Progress, Text } from '@mantine/core';
import type { EnrollmentSummary } from '@countersign/protocol/wire';
import { Link } from '@tanstack/react-router';
import { Section } from '../layout/section.tsx';
import { counted, requirementInWords, shareOf } from './words.ts';

/** How many have a second factor, and what is required of all of them. */
export function Summary(props: { summary: EnrollmentSummary; groupId: string | undefined }) {
  const { summary, groupId } = props;
  const { with_factor, without_factor, required } = summary;
  const share = shareOf(with_factor, without_factor);
  return (
    <Section title={`${counted(without_factor)} without a second factor`}>
      {share !== undefined && (
        <Progress value={share} aria-label="People with a second factor" size="lg" mb="sm" />
      )}
      <Text>
        {counted(with_factor)} {with_factor === 1 ? 'has' : 'have'} one
        {share !== undefined && ` (${share} %)`}.
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
