import { call, inWords } from '@countersign/ui/api';
import { ArrivalTitle } from '@countersign/ui/sign-in';
import { Accordion, Anchor, Button, List, Stack, Text, Title } from '@mantine/core';
import { useState } from 'react';
import { QrCode } from '../layout/qr-code.tsx';
import { useDiscovery } from '../session.ts';
import { Bold } from '../display/bold.tsx';
import { t } from '../texts/texts.ts';

/** Three ways to get the app, and how it is installed. The activation code is scanned inside the app, afterwards. */
export function GetAppStep({ activationId, onHaveApp }: { activationId: string; onHaveApp: () => void }) {
  const app = useDiscovery().data?.authenticator_app ?? `${location.origin}/authenticator/`;
  return (
    <Stack>
      <ArrivalTitle ta="left">{t.activation.getApp}</ArrivalTitle>
      <Text>{t.activation.getAppText}</Text>
      <Accordion variant="separated" order={3}>
        <Accordion.Item value="qr">
          <Accordion.Control>{t.activation.viewQr}</Accordion.Control>
          <Accordion.Panel>
            <Stack align="center">
              <QrCode text={app} label={t.activation.qrWithAddress(app)} />
              <Text ta="center">{t.activation.ownCamera}</Text>
            </Stack>
          </Accordion.Panel>
        </Accordion.Item>
        <Accordion.Item value="mail">
          <Accordion.Control>{t.activation.byMail}</Accordion.Control>
          <Accordion.Panel>
            <MailLink activationId={activationId} />
          </Accordion.Panel>
        </Accordion.Item>
        <Accordion.Item value="here">
          <Accordion.Control>{t.activation.here}</Accordion.Control>
          <Accordion.Panel>
            <Text>
              {t.activation.hereText}{' '}
              <Anchor href={app} underline="always" target="_blank" rel="noreferrer">
                {app}
              </Anchor>
            </Text>
          </Accordion.Panel>
        </Accordion.Item>
      </Accordion>
      <Title order={3} fz="md">
        {t.activation.install}
      </Title>
      <List spacing={4}>
        <List.Item>
          <Bold text={t.activation.installIos} />
        </List.Item>
        <List.Item>
          <Bold text={t.activation.installAndroid} />
        </List.Item>
      </List>
      <Text>{t.activation.inTheApp}</Text>
      <Button size="md" onClick={onHaveApp}>
        {t.activation.haveApp}
      </Button>
    </Stack>
  );
}

function MailLink({ activationId }: { activationId: string }) {
  const [message, setMessage] = useState<string>();
  const send = async () => {
    setMessage(t.activation.mailing);
    await call('POST', `/api/v1/me/activations/${activationId}/mail-link`).then(
      () => setMessage(t.activation.mailed),
      (error: unknown) => setMessage(inWords(error)),
    );
  };
  return (
    <Stack align="flex-start">
      <Button variant="default" onClick={() => void send()}>
        {t.activation.mail}
      </Button>
      {message && <Text role="status">{message}</Text>}
    </Stack>
  );
}
