import { Button, Group, Modal, Stack } from '@mantine/core';
import type { ReactNode } from 'react';
import { DangerButton } from './danger-button.tsx';
import { Failure } from './failure.tsx';

/** Asks before an act that cannot be taken back, and says what it will do. It stays open until the act is done. */
export function ConfirmDialog(props: {
  opened: boolean;
  title: string;
  children: ReactNode;
  /** What the button does, in its own words ("Suspend Ada"), never "OK". */
  act: string;
  cancel?: string;
  busy?: boolean;
  error?: unknown;
  onConfirm: () => void;
  onClose: () => void;
}) {
  const { opened, title, children, act, cancel = 'Cancel', busy = false, error, onConfirm, onClose } = props;
  return (
    <Modal
      opened={opened}
      onClose={onClose}
      title={title}
      centered
      closeButtonProps={{ 'aria-label': 'Close' }}
      closeOnClickOutside={!busy}
    >
      <Stack gap="md">
        {error !== null && error !== undefined && <Failure error={error} what="It was not done." />}
        <div>{children}</div>
        <Group justify="flex-end">
          <Button variant="default" onClick={onClose} disabled={busy} data-autofocus>
            {cancel}
          </Button>
          <DangerButton onClick={onConfirm} loading={busy}>
            {act}
          </DangerButton>
        </Group>
      </Stack>
    </Modal>
  );
}
