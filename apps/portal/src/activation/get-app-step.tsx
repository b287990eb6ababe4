import { call, inWords } from '@countersign/ui/api';
import { ArrivalTitle } from '@countersign/ui/sign-in';
import { Accordion, Anchor, Button, List, Stack, Text, Title } from '@mantine/core';
import { useState } from 'react';
import { QrCode } from '../layout/qr-code.tsx';
import { useDiscovery } from '../session.ts';

/** Three ways to get the app, and how it is installed. The activation code is scanned inside the app, afterwards. */
export function GetAppStep({ activationId, onHaveApp }: { activationId: string; onHaveApp: () => void }) {
  const app = useDiscovery().data?.authenticator_app ?? `${location.origin}/authenticator/`;
  return (
    <Stack>
      <ArrivalTitle ta="left">Get Countersign Authenticator on your phone</ArrivalTitle>
      <Text>It is a web app: there is nothing to search for in a store. Choose the way that suits you.</Text>
      <Accordion variant="separated" order={3}>
        <Accordion.Item value="qr">
          <Accordion.Control>View QR code</Accordion.Control>
          <Accordion.Panel>
            <Stack align="center">
              <QrCode text={app} label={`QR code with the address ${app}`} />
              <Text ta="center">Point your phone’s own camera at it, and open the link.</Text>
            </Stack>
          </Accordion.Panel>
        </Accordion.Item>
        <Accordion.Item value="mail">
          <Accordion.Control>Send the link by mail</Accordion.Control>
          <Accordion.Panel>
            <MailLink activationId={activationId} />
          </Accordion.Panel>
        </Accordion.Item>
        <Accordion.Item value="here">
          <Accordion.Control>Open the app on this device</Accordion.Control>
          <Accordion.Panel>
            <Text>
              If you read this on the phone itself, open{' '}
              <Anchor href={app} underline="always" target="_blank" rel="noreferrer">
                {app}
              </Anchor>
            </Text>
          </Accordion.Panel>
        </Accordion.Item>
      </Accordion>
      <Title order={3} fz="md">
        Then install it
      </Title>
      <List spacing={4}>
        <List.Item>
          iPhone and iPad: tap <strong>Share</strong>, then <strong>Add to Home Screen</strong>, and open it
          from there.
        </List.Item>
        <List.Item>
          Android: open the browser’s menu and choose <strong>Install app</strong>.
        </List.Item>
      </List>
      <Text>In the app, tap “Add account”. The code on the next page is scanned inside the app.</Text>
      <Button size="md" onClick={onHaveApp}>
        I have the app
      </Button>
    </Stack>
  );
}

function MailLink({ activationId }: { activationId: string }) {
  const [message, setMessage] = useState<string>();
  const send = async () => {
    setMessage('Sending…');
    await call('POST', `/api/v1/me/activations/${activationId}/mail-link`).then(
      () => setMessage('Sent to your e-mail address. Open the mail on your phone.'),
      (error: unknown) => setMessage(inWords(error)),
    );
  };
  return (
    <Stack align="flex-start">
      <Button variant="default" onClick={() => void send()}>
        Send the link to my e-mail address
      </Button>
      {message && <Text role="status">{message}</Text>}
    </Stack>
  );
}
