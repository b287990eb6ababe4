import { Button, CopyButton, Group, Modal, Stack, Text, VisuallyHidden } from '@mantine/core';
import type { ResetMfaResult, UserDetail } from '@countersign/protocol/wire';
import { IconCheck, IconCopy } from '@tabler/icons-react';
import { Time } from '../layout/time.tsx';
import styles from './enrollment-code-dialog.module.css';

/** Shows the code once. It closes only by its button, so that a click beside it does not lose the code. */
export function EnrollmentCodeDialog(props: {
  person: UserDetail;
  issued: ResetMfaResult | undefined;
  onClose: () => void;
}) {
  const { person, issued, onClose } = props;
  return (
    <Modal
      opened={issued !== undefined}
      onClose={onClose}
      title={`Enrolment code for ${person.name}`}
      size="lg"
      centered
      withCloseButton={false}
      closeOnClickOutside={false}
      closeOnEscape={false}
    >
      {issued && (
        <Stack gap="md">
          <Text>
            Give this code to {person.name} in a way that nobody else can read. They sign in to the User
            Portal, type it when asked, and set up their new phone.
          </Text>
          <output className={styles.code} aria-label="Enrolment code">
            {issued.enrollment_code}
          </output>
          <Text size="sm" c="var(--cs-text-quiet)">
            It works once, until <Time at={issued.expires_at} precise />. It is not shown again; if it is
            lost, reset MFA once more.
          </Text>
          <Group justify="flex-end">
            <CopyButton value={issued.enrollment_code} timeout={4000}>
              {({ copied, copy }) => (
                <>
                  <Button
                    variant="default"
                    onClick={copy}
                    leftSection={
                      copied ? <IconCheck size={18} aria-hidden /> : <IconCopy size={18} aria-hidden />
                    }
                  >
                    {copied ? 'Copied' : 'Copy the code'}
                  </Button>
                  <VisuallyHidden role="status">{copied ? 'The code was copied' : ''}</VisuallyHidden>
                </>
              )}
            </CopyButton>
            <Button onClick={onClose}>I have passed it on</Button>
          </Group>
        </Stack>
      )}
    </Modal>
  );
}
