import { Button, Text } from '@mantine/core';
import { useState } from 'react';
import type { Session } from '@countersign/protocol/wire';
import { Bold } from '../display/bold.tsx';
import { whenText } from '../display/time.ts';
import { NarrowPage } from '../layout/narrow-page.tsx';
import { t } from '../texts/texts.ts';
import FirstEnrolment from './first-enrolment.tsx';

/** Who will need a second factor is told at each sign-in; until the day has come it can be put off. */
export default function EnrolmentNotice(props: { session: Session; due: string; onLater: () => void }) {
  const { session, due, onLater } = props;
  const [begun, setBegun] = useState(false);
  if (begun) return <FirstEnrolment session={session} onLater={onLater} />;
  return (
    <NarrowPage title={t.enrolment.due.title}>
      <Text>
        <Bold text={t.enrolment.due.text(whenText(due))} />
      </Text>
      <Button size="md" onClick={() => setBegun(true)}>
        {t.enrolment.due.now}
      </Button>
      <Button size="md" variant="default" onClick={onLater}>
        {t.enrolment.due.later}
      </Button>
    </NarrowPage>
  );
}
