import { Button, Table } from '@mantine/core';
import type { Policies, PolicyVersion } from '@countersign/protocol/wire';
import { IconHistory } from '@tabler/icons-react';
import { useState } from 'react';
import { ConfirmDialog } from '../layout/confirm-dialog.tsx';
import { Section } from '../layout/section.tsx';
import { Time } from '../layout/time.tsx';
import { ListView } from '../list/list-view.tsx';
import styles from '../list/list.module.css';
import { useList } from '../list/use-list.ts';
import { listPolicyVersions, restorePolicies } from '../server/admin-api.ts';
import { useChange } from './use-change.ts';

/** Who changed the rules when, and the way back. */
export function Versions({ policies, writable }: { policies: Policies; writable: boolean }) {
  const query = useList(['policy versions'], (cursor) => listPolicyVersions(cursor));
  const [chosen, setChosen] = useState<PolicyVersion | null>(null);
  const restore = useChange(
    (version: number) => restorePolicies(policies, version),
    'The earlier rules hold again.',
    () => setChosen(null),
  );
  const close = () => {
    restore.reset();
    setChosen(null);
  };
  return (
    <Section title="Versions" lead="Each change makes a new one; the event log holds what was changed.">
      <ListView
        query={query}
        noun={{ one: 'version', many: 'versions' }}
        filtered={false}
        empty={{
          icon: <IconHistory aria-hidden />,
          title: 'No versions yet',
          description: 'The first rule makes the first.',
        }}
      >
        {(versions) => (
          <div className={styles.frame}>
            <Table className={styles.table} verticalSpacing="sm" horizontalSpacing="md">
              <Table.Thead>
                <Table.Tr>
                  <Table.Th scope="col">Version</Table.Th>
                  {writable && <Table.Th scope="col">Restore</Table.Th>}
                </Table.Tr>
              </Table.Thead>
              <Table.Tbody>
                {versions.map((each) => (
                  <Table.Tr key={each.version}>
                    <Table.Td>
                      {each.version}, by {each.changed_by?.login}
                      <span className={styles.quiet}>
                        {each.changed_at && <Time at={each.changed_at} />},{' '}
                        {each.rule_count === 1 ? '1 rule' : `${each.rule_count} rules`}
                      </span>
                    </Table.Td>
                    {writable && (
                      <Table.Td>
                        {each.version === policies.version ? (
                          'Holds now'
                        ) : (
                          <Button
                            variant="default"
                            size="compact-sm"
                            aria-label={`Restore version ${each.version}`}
                            onClick={() => setChosen(each)}
                          >
                            Restore
                          </Button>
                        )}
                      </Table.Td>
                    )}
                  </Table.Tr>
                ))}
              </Table.Tbody>
            </Table>
          </div>
        )}
      </ListView>
      <ConfirmDialog
        opened={chosen !== null}
        title={`Restore version ${chosen?.version ?? ''}?`}
        act="Restore"
        busy={restore.isPending}
        error={restore.error}
        onConfirm={() => chosen && restore.mutate(chosen.version)}
        onClose={close}
      >
        Its rules hold from then on, in the place of the present ones.
      </ConfirmDialog>
    </Section>
  );
}
