import { Alert, Button, Group, Modal, Stack, Text } from '@mantine/core';
import { t } from '../texts/texts.ts';

/** The question before a factor is removed. `last`: it is the only one, and what that means is said. */
export function RemoveDialog({
  opened,
  title,
  text,
  action,
  last,
  onCancel,
  onRemove,
}: {
  opened: boolean;
  title: string;
  text: string;
  action: string;
  last: boolean;
  onCancel: () => void;
  onRemove: () => void;
}) {
  return (
    <Modal opened={opened} onClose={onCancel} title={title} centered>
      <Stack>
        <Text>{text}</Text>
        {last && (
          <Alert color="yellow" variant="light">
            {t.security.lastWarning}
          </Alert>
        )}
        <Group justify="flex-end">
          <Button variant="default" onClick={onCancel}>
            {t.app.cancel}
          </Button>
          <Button color="red" onClick={onRemove}>
            {action}
          </Button>
        </Group>
      </Stack>
    </Modal>
  );
}
