import { textOf } from '@countersign/ui/form-text';
import { call, inWords, isProblem } from '@countersign/ui/api';
import { Avatar, Button, Group, Stack, Text, TextInput } from '@mantine/core';
import { useState, type FormEvent } from 'react';
import type { DeviceInteraction } from '@countersign/protocol/wire';
import { NarrowPage } from '../layout/narrow-page.tsx';
import { ProblemAlert } from '../layout/problem-alert.tsx';
import { t } from '../texts/texts.ts';

type End = 'done' | 'cancelled';
const endOf = (hash: string): End | undefined =>
  (['done', 'cancelled'] as const).find((end) => hash === `#${end}`);

/** A device without a browser shows a code: it is typed here, compared, and gone on with like any sign-in to an application. */
export default function DevicePage() {
  const [end, setEnd] = useState(() => endOf(location.hash));
  const [device, setDevice] = useState<DeviceInteraction>();
  const [problem, setProblem] = useState<string>();
  const [busy, setBusy] = useState(false);
  if (end) {
    return (
      <NarrowPage key={end} title={t.device.ends[end].title}>
        <Text>{t.device.ends[end].text}</Text>
        <Button component="a" href="/" variant="default">
          {t.sso.openPortal}
        </Button>
      </NarrowPage>
    );
  }

  const act = async (what: () => Promise<void>) => {
    setBusy(true);
    setProblem(undefined);
    try {
      await what();
    } catch (error) {
      setProblem(isProblem(error, 'wrong_code') ? t.device.wrong : inWords(error));
    }
    setBusy(false);
  };
  const submit = (event: FormEvent<HTMLFormElement>) => {
    event.preventDefault();
    const user_code = textOf(new FormData(event.currentTarget), 'user_code');
    void act(async () =>
      setDevice(await call<DeviceInteraction>('POST', '/api/v1/sso/device', { user_code })),
    );
  };

  if (!device) {
    return (
      <NarrowPage key="type" title={t.device.title}>
        <form onSubmit={submit}>
          <Stack>
            <TextInput
              name="user_code"
              label={t.device.code}
              description={t.device.codeText}
              // Of the address that a device may show as a QR code; it is compared all the same.
              defaultValue={new URLSearchParams(location.search).get('user_code')?.slice(0, 20) ?? ''}
              error={problem}
              autoComplete="off"
              autoCapitalize="characters"
              autoCorrect="off"
              spellCheck={false}
              maxLength={20}
              className="user-code"
              required
              autoFocus
            />
            <Button type="submit" size="md" loading={busy}>
              {t.device.submit}
            </Button>
          </Stack>
        </form>
      </NarrowPage>
    );
  }
  const { application, interaction, user_code } = device;
  const cancel = () =>
    act(async () => {
      await call('POST', `/api/v1/sso/${encodeURIComponent(interaction)}/cancel`);
      setEnd('cancelled');
    });
  return (
    <NarrowPage key="compare" title={t.device.compareTitle(application.name)}>
      <Avatar src={application.logo_uri} alt="" size={48} radius="md" color="gray" aria-hidden>
        {application.name.trim().charAt(0).toUpperCase()}
      </Avatar>
      <Text>{t.device.compare}</Text>
      <Text className="user-code" component="output">
        {user_code}
      </Text>
      <Text c="dimmed">{t.device.warning(application.name)}</Text>
      <ProblemAlert text={problem} />
      <Group>
        <Button component="a" href={`/sso?interaction=${encodeURIComponent(interaction)}`}>
          {t.device.goOn}
        </Button>
        <Button variant="default" onClick={() => void cancel()} loading={busy}>
          {t.app.cancel}
        </Button>
      </Group>
    </NarrowPage>
  );
}
