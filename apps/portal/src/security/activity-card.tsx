import { Group, Stack, Text } from '@mantine/core';
import { whenText } from '../display/time.ts';
import { Loaded, SectionCard } from '../layout/section-card.tsx';
import { useActivity } from './queries.ts';
import { t } from '../texts/texts.ts';

const shown = 15;

/** What happened, in the words of the person that it happened to. What says nothing to them is left out. */
export function ActivityCard() {
  const { sentences } = t.activity;
  const activity = useActivity();
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
                      {[item.client, item.ip].filter(Boolean).join(' · ')}
                    </Text>
                  </div>
                  <Text c="dimmed" fz="sm">
                    {whenText(item.at)}
                  </Text>
                </Group>
              ))}
          </Stack>
        )}
      </Loaded>
    </SectionCard>
  );
}
