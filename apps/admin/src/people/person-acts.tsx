import { Anchor, Text } from '@mantine/core';
import type { UserDetail } from '@countersign/protocol/wire';
import { useState } from 'react';
import { ConfirmDialog } from '../layout/confirm-dialog.tsx';
import { Failure } from '../layout/failure.tsx';
import { useNotices } from '../layout/notice.tsx';
import { Section } from '../layout/section.tsx';
import { actOnPerson } from '../server/admin-api.ts';
import { may, mayTouch } from '../session/permissions.ts';
import { useSession } from '../session/session.ts';
import { ActRow } from './act-row.tsx';
import { usePersonAct } from './person-query.ts';
import { DeletePerson } from './delete-person.tsx';
import { ResetMfa } from './reset-mfa.tsx';
import { VerificationPush } from './verification-push.tsx';

/** What can be done with a person apart from changing their details. What the role does not allow is not shown. */
export function PersonActs({ person }: { person: UserDetail }) {
  const { user: me } = useSession();
  const { say } = useNotices();
  const [asking, setAsking] = useState(false);
  const [signingOut, setSigningOut] = useState(false);

  const suspend = usePersonAct(
    () => actOnPerson(person.id, 'suspend'),
    ({ name }) => {
      setAsking(false);
      say(`${name} is suspended. They were signed out everywhere.`);
    },
  );
  const activate = usePersonAct(
    () => actOnPerson(person.id, 'activate'),
    ({ name }) => say(`${name} can sign in again.`),
  );
  const unlock = usePersonAct(
    () => actOnPerson(person.id, 'unlock'),
    ({ name }) => say(`${name} is unlocked.`),
  );

  const signOut = usePersonAct(
    () => actOnPerson(person.id, 'end-sessions'),
    ({ name }) => {
      setSigningOut(false);
      say(`${name} was signed out everywhere.`);
    },
  );
  const invite = usePersonAct(
    () => actOnPerson(person.id, 'invite'),
    ({ email }) => say(`An invitation is on its way to ${email}. Earlier ones no longer work.`),
  );

  if (!may(me, 'help') || !mayTouch(me, person)) return null;
  const mayWrite = may(me, 'write_users');
  // It would end the session in which it is done.
  const isMyself = me.id === person.id;
  const suspended = person.state === 'suspended';
  const error = activate.error ?? unlock.error ?? invite.error;
  return (
    <Section title="Access">
      {error && <Failure error={error} what="It was not done." />}
      {person.locked && (
        <ActRow
          title="Unlock"
          text="Too many wrong tries, or a report of fraud, hold this person up. Unlocking forgets the tries and lifts the lock."
          label="Unlock"
          busy={unlock.isPending}
          onAct={() => unlock.mutate()}
        />
      )}
      {!isMyself && !suspended && person.factors.includes('push') && <VerificationPush person={person} />}
      {isMyself ? (
        <Text c="var(--cs-text-quiet)">
          This is you. Your own phone is in the <Anchor href="/security">User Portal</Anchor>; somebody else
          must suspend you or reset your MFA.
        </Text>
      ) : (
        <ResetMfa person={person} />
      )}
      {mayWrite && person.state === 'invited' && (
        <ActRow
          title="Invite"
          text="They have chosen no password yet. Mails a link to do so, good once, for seven days; an earlier link no longer works."
          label="Send an invitation"
          busy={invite.isPending}
          onAct={() => invite.mutate()}
        />
      )}
      {!isMyself && !suspended && (
        <ActRow
          title="Sign out everywhere"
          text="Ends their sessions in every browser and what applications were given. They may sign in again at once."
          label="Sign out…"
          onAct={() => {
            signOut.reset();
            setSigningOut(true);
          }}
        />
      )}
      {mayWrite && suspended && (
        <ActRow
          title={person.delete_at === null ? 'Activate' : 'Undo the deletion'}
          text="They may sign in again, with the password and the phone that they had."
          label={person.delete_at === null ? 'Activate' : 'Undo the deletion'}
          busy={activate.isPending}
          onAct={() => activate.mutate()}
        />
      )}
      {mayWrite && !suspended && !isMyself && (
        <ActRow
          title="Suspend"
          text="Signs them out everywhere, at once, and lets them sign in no more until you activate them again."
          label="Suspend…"
          destructive
          onAct={() => {
            suspend.reset();
            setAsking(true);
          }}
        />
      )}
      {mayWrite && person.delete_at === null && !isMyself && <DeletePerson person={person} />}
      <ConfirmDialog
        opened={signingOut}
        title={`Sign ${person.name} out everywhere?`}
        act="Sign out everywhere"
        busy={signOut.isPending}
        error={signOut.error}
        onConfirm={() => signOut.mutate()}
        onClose={() => setSigningOut(false)}
      >
        <Text>
          Whatever they have open asks them to sign in anew, and what they had not saved there may be lost.
          This cannot be undone. Phones, other factors and API tokens stay.
        </Text>
      </ConfirmDialog>
      <ConfirmDialog
        opened={asking}
        title={`Suspend ${person.name}?`}
        act={`Suspend ${person.name}`}
        busy={suspend.isPending}
        error={suspend.error}
        onConfirm={() => suspend.mutate()}
        onClose={() => setAsking(false)}
      >
        <Text>
          Their sessions end at once, waiting requests on their phone are cancelled, and they cannot sign in.
          Nothing of theirs is deleted; you can activate them again at any time.
        </Text>
      </ConfirmDialog>
    </Section>
  );
}
