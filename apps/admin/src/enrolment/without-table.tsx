import { Anchor, Button, Table } from '@mantine/core';
import type { PersonWithoutFactor } from '@countersign/protocol/wire';
import { Link } from '@tanstack/react-router';
import { Time } from '../layout/time.tsx';
import styles from '../list/list.module.css';
import { requirementInWords, wasRemindedToday } from './words.ts';

/** Who has no second factor yet, since when they need one, and when they were reminded last. */
export function WithoutTable(props: {
  people: PersonWithoutFactor[];
  /** The person who is being reminded. */
  busy: string | undefined;
  onRemind: ((person: PersonWithoutFactor) => void) | undefined;
}) {
  const { people, busy, onRemind } = props;
  const now = Date.now();
  return (
    <div className={styles.frame}>
      <Table className={styles.table} verticalSpacing="sm" horizontalSpacing="md">
        <Table.Thead>
          <Table.Tr>
            <Table.Th scope="col">Name</Table.Th>
            <Table.Th scope="col" className={styles.medium}>
              Second factor
            </Table.Th>
            <Table.Th scope="col" className={styles.medium}>
              Last reminder
            </Table.Th>
            {onRemind && <Table.Th scope="col">Remind</Table.Th>}
          </Table.Tr>
        </Table.Thead>
        <Table.Tbody>
          {people.map((person) => {
            const required = requirementInWords(person, now);
            const reminded = person.reminded_at === null ? 'Never' : <Time at={person.reminded_at} />;
            return (
              <Table.Tr key={person.id}>
                <Table.Td>
                  <Anchor
                    c="var(--cs-text)"
                    fw={600}
                    renderRoot={(link) => <Link to="/people/$id" params={{ id: person.id }} {...link} />}
                  >
                    {person.name}
                  </Anchor>
                  <span className={styles.quiet}>{person.login}</span>
                  {person.had_factor && (
                    <span className={styles.quiet}>Had one before: needs a code from the help desk</span>
                  )}
                  <span className={`${styles.quiet} ${styles.smallOnly}`}>
                    {required}. {person.reminded_at === null ? 'Never reminded' : <>Reminded {reminded}</>}
                  </span>
                </Table.Td>
                <Table.Td className={styles.medium}>{required}</Table.Td>
                <Table.Td className={styles.medium}>
                  <span className={styles.quiet}>{reminded}</span>
                </Table.Td>
                {onRemind && (
                  <Table.Td>
                    <Button
                      variant="default"
                      size="sm"
                      loading={busy === person.id}
                      disabled={wasRemindedToday(person, now)}
                      onClick={() => onRemind(person)}
                      aria-label={`Remind ${person.name}`}
                    >
                      Remind
                    </Button>
                  </Table.Td>
                )}
              </Table.Tr>
            );
          })}
        </Table.Tbody>
      </Table>
    </div>
  );
}
