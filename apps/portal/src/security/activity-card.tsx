import { call } from '@countersign/ui/api';
import { Button, Group, Modal, Stack, Text } from '@mantine/core';
import { useState } from 'react';
import type { Activity } from '@countersign/protocol/wire';
import { Bold } from '../display/bold.tsx';
import { whenText } from '../display/time.ts';
import { ProblemAlert } from '../layout/problem-alert.tsx';
import { Loaded, SectionCard } from '../layout/section-card.tsx';
import { useActivity } from './queries.ts';
import { useAct } from './use-act.ts';
import { t } from '../texts/texts.ts';

const shown = 15;
/** What somebody else could have done, and not the server or an administrator. */
const doneBySomebody =
  /^(authentication|password|push|factor|activation|transfer|step_up|application|backchannel|verification)\./;

/** What happened, in the words of the person that it happened to. What says nothing to them is left out. */
export function ActivityCard() {
  const { sentences } = t.activity;
  const activity = useActivity();
  const [doubted, setDoubted] = useState<Activity>();
  return (
    <SectionCard title={t.activity.title} text={t.activity.text}>
      <Loaded query={activity}>
        {(items) => (
          <Stack gap="sm">
            {items
              .filter(({ type }) => type in sentences)
              .slice(0, shown)
              .map((item) => (
                <Group key={item.id} justify="space-between" align="flex-start" gap={4}>
                  <div>
                    <Text>{sentences[item.type]}</Text>
                    <Text c="dimmed" fz="sm">
                      {[whenText(item.at), whereOf(item)].filter(Boolean).join(' · ')}
                    </Text>
                  </div>
                  {doneBySomebody.test(item.type) && (
                    <Button variant="subtle" size="compact-sm" onClick={() => setDoubted(item)}>
                      {t.activity.notMe}
                    </Button>
                  )}
                </Group>
              ))}
          </Stack>
        )}
      </Loaded>
      {doubted && <NotMe item={doubted} onClose={() => setDoubted(undefined)} />}
    </SectionCard>
  );
}

const whereOf = ({ client, ip }: Activity): string => [client, ip].filter(Boolean).join(' · ');

/** Says what follows before it does. The page that demands another password comes by itself afterwards. */
function NotMe({ item, onClose }: { item: Activity; onClose: () => void }) {
  const { act, problem, busy } = useAct();
  const where = whereOf(item);
  const report = async () => {
    if (await act(() => call('POST', `/api/v1/me/activity/${item.id}/report`))) onClose();
  };
  return (
    <Modal
      opened
      onClose={onClose}
      title={t.activity.notMeTitle}
      centered
      closeButtonProps={{ 'aria-label': t.app.close }}
    >
      <Stack>
        <Text>
          <Bold text={t.activity.notMeText(t.activity.sentences[item.type]!, where && ` (${where})`)} />
        </Text>
        <ProblemAlert text={problem} />
        <Group justify="flex-end">
          <Button variant="default" onClick={onClose} disabled={busy}>
            {t.app.cancel}
          </Button>
          <Button loading={busy} onClick={() => void report()}>
            {t.activity.notMeSubmit}
          </Button>
        </Group>
      </Stack>
    </Modal>
  );
}
