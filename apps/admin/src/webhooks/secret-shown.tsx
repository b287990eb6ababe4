import { Button, Modal, Stack, Text } from '@mantine/core';
import { Fact } from '../layout/copyable.tsx';

/** The secret of a webhook, the one time that it is seen. */
export function SecretShown({ secret, onClose }: { secret: string | undefined; onClose: () => void }) {
  return (
    <Modal
      opened={secret !== undefined}
      onClose={onClose}
      title="The secret of this webhook"
      centered
      closeOnClickOutside={false}
      closeButtonProps={{ 'aria-label': 'Close' }}
    >
      <Stack gap="md">
        <Text>
          Copy it to the receiver now: it is not shown again. With it the receiver checks the header{' '}
          <code>webhook-signature</code> of each message, as the Standard Webhooks specification says.
        </Text>
        <Fact name="Secret" value={secret ?? ''} />
        <Button onClick={onClose}>I have copied it</Button>
      </Stack>
    </Modal>
  );
}
