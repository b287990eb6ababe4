import { ArrivalTitle } from '@countersign/ui/sign-in';
import { Alert, Button, Stack, Text } from '@mantine/core';
import { IconCheck } from '@tabler/icons-react';

/** The live green check, with the device's name: and the way out for whoever does not know it. */
export function CheckStep({
  device,
  problem,
  onDone,
  onNotMine,
}: {
  device: string;
  problem: string | undefined;
  onDone: () => void;
  onNotMine: () => void;
}) {
  return (
    <Stack align="center" ta="center">
      <div className="big-check">
        <IconCheck size={52} stroke={2.5} aria-hidden />
      </div>
      <div role="status">
        <ArrivalTitle>Your phone is enrolled</ArrivalTitle>
        <Text>
          <strong>{device}</strong> now approves your sign-ins.
        </Text>
      </div>
      {problem && (
        <Alert color="red" variant="light" role="alert">
          {problem}
        </Alert>
      )}
      <Button size="md" fullWidth onClick={onDone}>
        Done
      </Button>
      <Button variant="subtle" color="red" onClick={onNotMine}>
        Not my phone
      </Button>
    </Stack>
  );
}
