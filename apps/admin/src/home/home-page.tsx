import { Skeleton } from '@mantine/core';
import type { DayOfSignIns, Statistics } from '@countersign/protocol/wire';
import { useQuery } from '@tanstack/react-query';
import { Callout } from '../layout/callout.tsx';
import { Failure } from '../layout/failure.tsx';
import { Page } from '../layout/page.tsx';
import { Section } from '../layout/section.tsx';
import { readAttention, readStatistics } from '../server/admin-api.ts';
import { AttentionList } from './attention-list.tsx';
import { DayBars, type Series } from './charts/day-bars.tsx';
import { FactorShares } from './charts/factor-shares.tsx';
import styles from './home.module.css';

const everyMinute = 60_000;

export function HomePage() {
  const attention = useQuery({
    queryKey: ['home', 'attention'],
    queryFn: readAttention,
    refetchInterval: everyMinute,
  });
  const statistics = useQuery({
    queryKey: ['home', 'statistics'],
    queryFn: readStatistics,
    refetchInterval: everyMinute,
  });
  return (
    <Page title="Home" lead="What needs you, and how people sign in.">
      <Section title="What needs attention">
        {attention.data ? (
          <AttentionList items={attention.data} />
        ) : attention.error ? (
          <Failure error={attention.error} what="This could not be loaded." retry={attention.refetch} />
        ) : (
          <Loading label="Loading what needs attention" height={96} />
        )}
      </Section>
      {statistics.data ? (
        <Charts statistics={statistics.data} />
      ) : (
        <Section title="Sign-ins">
          {statistics.error ? (
            <Failure
              error={statistics.error}
              what="The charts could not be loaded."
              retry={statistics.refetch}
            />
          ) : (
            <Loading label="Loading the charts" height={320} />
          )}
        </Section>
      )}
    </Page>
  );
}

function Loading({ label, height }: { label: string; height: number }) {
  return (
    <div role="status" aria-label={label}>
      <Skeleton height={height} />
    </div>
  );
}

function Charts({ statistics: { days, counting } }: { statistics: Statistics }) {
  const dates = days.map(({ day }) => day);
  const series = (label: string, look: Series['look'], of: (day: DayOfSignIns) => number): Series => {
    const values = days.map(of);
    return { label, look, values, total: inWords(values.reduce((sum, value) => sum + value, 0)) };
  };
  return (
    <>
      <Section
        title="Sign-ins"
        lead="Of the last 30 days, on hosts and for programs too. Days begin at midnight UTC."
      >
        {counting && (
          <Callout tone="info">Older sign-ins are still being counted: the numbers grow for a while.</Callout>
        )}
        <DayBars
          title="Sign-ins of the last 30 days"
          days={dates}
          series={[
            series('Succeeded', 'plain', ({ succeeded }) => succeeded),
            series('Denied or failed', 'hatched', ({ failed }) => failed),
            series('Reported as fraud', 'dotted', ({ reported }) => reported),
          ]}
          empty="No sign-ins have been counted yet."
        />
      </Section>
      <div className={styles.pair}>
        <Section title="Confirmed with" lead="Second factors that were proven in the last 30 days.">
          <FactorShares days={days} />
        </Section>
        <Enrollment days={days} />
      </div>
    </>
  );
}

const inWords = (count: number): string => count.toLocaleString('en');

function Enrollment({ days }: { days: readonly DayOfSignIns[] }) {
  const last = days.findLast(({ people }) => people !== null);
  const without = last?.people_without_factor ?? 0;
  const having = (last?.people ?? 0) - without;
  const share = last?.people ? ` (${Math.floor((having / last.people) * 100)} %)` : '';
  return (
    <Section title="Second factors" lead="Active people with and without one, at the end of each day.">
      <DayBars
        title="People with and without a second factor"
        days={days.map(({ day }) => day)}
        series={[
          {
            label: 'With',
            look: 'plain',
            total: `${inWords(having)}${share}`,
            values: days.map(({ people, people_without_factor }) =>
              people === null ? null : people - (people_without_factor ?? 0),
            ),
          },
          {
            label: 'Without',
            look: 'hatched',
            total: inWords(without),
            values: days.map(({ people_without_factor }) => people_without_factor),
          },
        ]}
        empty="People are counted in a few minutes."
      />
    </Section>
  );
}
