import { call, inWords, isProblem } from '@countersign/ui/api';
import { canUsePasskeys, createPasskey } from '@countersign/ui/passkey';
import { ArrivalTitle, StepUpCancelled, withStepUp } from '@countersign/ui/sign-in';
import { Button, Group, Loader, Stack, Text, TextInput } from '@mantine/core';
import { useEffect, useRef, useState, type FormEvent } from 'react';
import { OtherWays, type OtherWay } from '../activation/other-ways.tsx';
import { EnrolledElsewhere } from '../begin/enrolled-elsewhere.tsx';
import { GreenCheck } from '../layout/green-check.tsx';
import { ProblemAlert } from '../layout/problem-alert.tsx';
import { t } from '../texts/texts.ts';
import { proposedName } from './proposed-name.ts';

/**
 * Adding a passkey. What the server wants confirmed first is confirmed before the form is there, since a browser makes a
 * passkey only right after a tap.
 */
export function AddPasskey({
  titled = true,
  others = [],
  onDone,
  onLeave,
}: {
  /** Whether it stands under a heading of its own; a page may have one already. */
  titled?: boolean;
  others?: OtherWay[];
  onDone: () => void;
  /** There is no other way on where it is left out. */
  onLeave?: () => void;
}) {
  const [name, setName] = useState(proposedName);
  const [options, setOptions] = useState<object>();
  const [problem, setProblem] = useState<string>();
  const [elsewhere, setElsewhere] = useState(false);
  const [busy, setBusy] = useState(false);
  const [done, setDone] = useState(false);
  const begun = useRef(false);
  /** The device has it already, and the server only wants to know first that it is them. */
  const made = useRef<object>(undefined);

  const failed = (error: unknown) => {
    if (error instanceof StepUpCancelled) setProblem(error.message);
    else if (isProblem(error, 'step_up_required')) setElsewhere(true);
    else setProblem(inWords(error));
  };
  const readOptions = async () =>
    (await withStepUp(() => call<{ webauthn: object }>('POST', '/api/v1/me/passkeys/options'))).webauthn;

  useEffect(() => {
    if (begun.current || !canUsePasskeys()) return;
    begun.current = true;
    readOptions().then(setOptions, failed);
  }, []);

  const submit = async (event: FormEvent) => {
    event.preventDefault();
    setBusy(true);
    setProblem(undefined);
    try {
      made.current ??= await createPasskey(options ?? (await readOptions()));
      const body = { name, webauthn: made.current };
      await withStepUp(() => call('POST', '/api/v1/me/passkeys', body));
      setDone(true);
    } catch (error) {
      // A challenge holds once, and for some minutes; a call that was refused for want of a confirmation spends none.
      if (!(error instanceof StepUpCancelled)) made.current = undefined;
      setOptions(undefined);
      failed(error);
    } finally {
      setBusy(false);
    }
  };

  if (done) return <GreenCheck title={t.passkeys.done} text={t.passkeys.doneText} onDone={onDone} />;
  if (elsewhere) return <EnrolledElsewhere />;
  const cancel = onLeave && (
    <Button variant="subtle" onClick={onLeave}>
      {t.app.cancel}
    </Button>
  );
  if (!canUsePasskeys()) {
    return (
      <>
        <Text role="alert">{t.passkeys.unsupported}</Text>
        <Group>{cancel}</Group>
      </>
    );
  }
  if (!options && !problem && !busy) return <Loader aria-label={t.app.loading} mx="auto" />;
  return (
    <form onSubmit={(event) => void submit(event)}>
      <Stack maw={440}>
        {titled && <ArrivalTitle ta="left">{t.passkeys.addTitle}</ArrivalTitle>}
        <Text>{t.passkeys.addText}</Text>
        <TextInput
          label={t.passkeys.name}
          description={t.passkeys.nameText}
          value={name}
          onChange={(event) => setName(event.currentTarget.value)}
          required
          maxLength={100}
          autoComplete="off"
        />
        <ProblemAlert text={problem} />
        <Group>
          <Button type="submit" loading={busy}>
            {t.passkeys.addSubmit}
          </Button>
          {cancel}
        </Group>
        <OtherWays others={others} />
      </Stack>
    </form>
  );
}
