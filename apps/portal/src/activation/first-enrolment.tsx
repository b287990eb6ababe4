import { call, inWords } from '@countersign/ui/api';
import { canUsePasskeys } from '@countersign/ui/passkey';
import { Alert, Button, Loader, Text } from '@mantine/core';
import { useEffect, useState } from 'react';
import type { MyFactors, Session } from '@countersign/protocol/wire';
import { NarrowPage } from '../layout/narrow-page.tsx';
import { ProblemAlert } from '../layout/problem-alert.tsx';
import { AddPasskey } from '../passkeys/add-passkey.tsx';
import { useFactors } from '../security/queries.ts';
import { useForgetSession } from '../session.ts';
import { t } from '../texts/texts.ts';
import { TotpSetup } from '../totp/totp-setup.tsx';
import { ActivationWizard } from './wizard.tsx';

/** What can be set up here, the most convenient first. */
const kinds = ['push', 'totp', 'passkey'] as const;
type Kind = (typeof kinds)[number];
/** What was chosen outlasts a reload. */
const chosenName = 'countersign.enrolment';

const possible = ({ allowed }: MyFactors): Kind[] =>
  kinds.filter((kind) => allowed.includes(kind) && (kind !== 'passkey' || canUsePasskeys()));

/**
 * Who must have a second factor and has none is led here right at sign-in; there is no other way on. `onLater`: of who need
 * not have one yet.
 */
export default function FirstEnrolment({ session, onLater }: { session: Session; onLater?: () => void }) {
  const forget = useForgetSession();
  const factors = useFactors({ fresh: false });
  // The session becomes full in the middle of it; the green check must stay until Done.
  const [name] = useState(session.user.name);
  const [chosen, setChosen] = useState(() => sessionStorage.getItem(chosenName));
  const leave = () => {
    sessionStorage.removeItem(chosenName);
    return call('DELETE', '/api/v1/session')
      .catch(() => {})
      .finally(() => void forget('left'));
  };
  const done = () => {
    sessionStorage.removeItem(chosenName);
    void forget();
  };
  // Whatever ends it, Done or another tab's: its own address would begin with a second phone at once.
  useEffect(() => () => history.replaceState(null, '', '/'), []);
  const ways = factors.data ? possible(factors.data) : [];
  const kind = ways.find((way) => way === chosen) ?? ways[0];
  const choose = (way: Kind) => {
    sessionStorage.setItem(chosenName, way);
    setChosen(way);
  };
  const others = ways
    .filter((way) => way !== kind)
    .map((way) => ({ label: t.enrolment[way].instead, onChoose: () => choose(way) }));
  const title = kind ? t.enrolment[kind].title : factors.data ? t.enrolment.none : t.enrolment.push.title;
  return (
    <NarrowPage
      title={title}
      below={
        <Button variant="subtle" fullWidth mt="sm" onClick={() => (onLater ? onLater() : void leave())}>
          {onLater ? t.enrolment.due.later : t.app.signOut}
        </Button>
      }
    >
      {!factors.data &&
        (factors.error ? (
          <ProblemAlert text={inWords(factors.error)} />
        ) : (
          <Loader aria-label={t.app.loading} mx="auto" />
        ))}
      {factors.data && !kind && (
        <Alert color="yellow" variant="light" role="alert">
          {t.enrolment.noneText}
        </Alert>
      )}
      {kind && <Text>{t.enrolment[kind].text(name)}</Text>}
      {kind === 'push' && <ActivationWizard others={others} onDone={done} />}
      {kind === 'totp' && <TotpSetup titled={false} others={others} onDone={done} />}
      {kind === 'passkey' && <AddPasskey titled={false} others={others} onDone={done} />}
    </NarrowPage>
  );
}
