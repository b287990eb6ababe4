import { Group, List } from '@mantine/core';
import type { ReactNode } from 'react';
import { Failure } from '../../layout/failure.tsx';
import { countOfPeople, peopleWho } from './acts.ts';
import styles from './bulk.module.css';
import type { Run } from './run.ts';

/** So many are named. */
const shown = 100;

/** What became of whom: each who could not be changed is named, with the reason. */
export function BulkResult(props: {
  run: Run;
  done: readonly [string, string];
  unchanged: readonly [string, string];
  whyOf: (error: unknown) => string;
  children: ReactNode;
}) {
  const { run, done, unchanged, whyOf, children } = props;
  const { interrupted, failed, rest } = run;
  return (
    <>
      {interrupted !== undefined && <Failure error={interrupted} what="It went no further." />}
      <div role="status">
        <List spacing={4}>
          <List.Item>{peopleWho(run.changed, done)}.</List.Item>
          {run.unchanged > 0 && <List.Item>{peopleWho(run.unchanged, unchanged)}.</List.Item>}
          {rest.length > 0 && (
            <List.Item>{peopleWho(rest.length, ['was not reached', 'were not reached'])}.</List.Item>
          )}
          {failed.length > 0 && <List.Item>{countOfPeople(failed.length)} could not be changed:</List.Item>}
        </List>
      </div>
      {failed.length > 0 && (
        <ul className={styles.failed} aria-label="Who could not be changed">
          {failed.slice(0, shown).map(({ person, error }) => (
            <li key={person.id}>
              <strong>{person.name}</strong>: {whyOf(error)}
            </li>
          ))}
          {failed.length > shown && <li>and {countOfPeople(failed.length - shown)} more.</li>}
        </ul>
      )}
      <Group justify="flex-end">{children}</Group>
    </>
  );
}
