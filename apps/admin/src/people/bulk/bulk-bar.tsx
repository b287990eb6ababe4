import { Button, Group, Menu } from '@mantine/core';
import { IconChevronDown } from '@tabler/icons-react';
import { useState } from 'react';
import { Failure } from '../../layout/failure.tsx';
import { may } from '../../session/permissions.ts';
import { useSession } from '../../session/session.ts';
import { bulkActs, countOfPeople, type BulkAct } from './acts.ts';
import styles from './bulk.module.css';
import { BulkDialog } from './bulk-dialog.tsx';
import { mostSelected, type Selection } from './use-selection.ts';

/** How many are chosen, and what can be done to them. */
export function BulkBar({ selection, hasMore }: { selection: Selection; hasMore: boolean }) {
  const { user } = useSession();
  const { chosen, gathering, isCut, error, clear, chooseAll } = selection;
  const [act, setAct] = useState<BulkAct>();
  const count = chosen.size;
  if (count === 0) return null;
  const allowed = Object.values<BulkAct>(bulkActs).filter(({ permission }) => may(user, permission));
  return (
    <div className={styles.bar} role="region" aria-label="Chosen people">
      <span role="status" className={styles.count}>
        {gathering === undefined
          ? `${countOfPeople(count)} chosen`
          : `${countOfPeople(gathering)} found so far`}
        {isCut &&
          `: the newest. Narrow the search for the others; ${mostSelected.toLocaleString('en')} at once are the most.`}
      </span>
      <Group gap="sm">
        {hasMore && (
          <Button
            size="xs"
            variant="default"
            loading={gathering !== undefined}
            onClick={() => void chooseAll()}
          >
            Choose all that match
          </Button>
        )}
        <Button size="xs" variant="default" onClick={clear}>
          Clear
        </Button>
        <Menu position="bottom-end">
          <Menu.Target>
            <Button
              size="xs"
              disabled={gathering !== undefined}
              rightSection={<IconChevronDown size={16} aria-hidden />}
            >
              Actions
            </Button>
          </Menu.Target>
          <Menu.Dropdown>
            {allowed.map((each) => (
              <Menu.Item
                key={each.label}
                onClick={() => setAct(each)}
                color={each.destructive ? 'var(--cs-danger)' : undefined}
              >
                {each.label}
              </Menu.Item>
            ))}
          </Menu.Dropdown>
        </Menu>
      </Group>
      {error !== undefined && <Failure error={error} what="Not all could be found." />}
      {act && (
        <BulkDialog
          act={act}
          people={[...chosen.values()]}
          onClose={(isDone) => {
            setAct(undefined);
            if (isDone) clear();
          }}
        />
      )}
    </div>
  );
}
