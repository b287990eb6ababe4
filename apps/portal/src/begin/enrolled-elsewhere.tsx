import { Alert } from '@mantine/core';
import { t } from '../texts/texts.ts';

/** A first factor was to be enrolled, and there is one: from another browser, so that nothing here can confirm another. */
export function EnrolledElsewhere() {
  return (
    <Alert color="yellow" variant="light" role="alert" title={t.enrolment.elsewhere}>
      {t.enrolment.elsewhereText}
    </Alert>
  );
}
