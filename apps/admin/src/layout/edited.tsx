import { Button, Group } from '@mantine/core';
import type { EventFilter } from '@countersign/protocol/wire';
import { useQuery } from '@tanstack/react-query';
import { createContext, Fragment, useContext, useRef, useState, type ReactNode } from 'react';
import { readLastEvent, type Tagged } from '../server/admin-api.ts';
import { useSession } from '../session/session.ts';
import { Callout } from './callout.tsx';
import styles from './edited.module.css';
import { Time } from './time.tsx';

interface Editing {
  /** For whoever saves the form: what comes now is its own. */
  saved: () => void;
  /** Somebody else was faster, and that is said already. */
  overtaken: boolean;
}

const EditingContext = createContext<Editing>({ saved: () => {}, overtaken: false });
export const useEditing = () => useContext(EditingContext);

/**
 * A form of something that others may change meanwhile. What is fetched anew takes nothing away that was typed: a form
 * that nobody has touched follows it; of one that somebody has, they are told, and choose.
 */
export function Edited<T extends Tagged>(props: {
  /** As it was fetched last. */
  thing: T;
  /** What the form changes of it. */
  part: (thing: T) => unknown;
  /** The events of its changes. */
  changes: EventFilter;
  /** Drawn anew when the thing is loaded anew; `opened`: what was typed began with it, and is saved against its tag. */
  children: (opened: T) => ReactNode;
}) {
  const { thing, part, changes, children } = props;
  const [opened, setOpened] = useState({ thing, round: 0 });
  const [touched, setTouched] = useState(false);
  const form = useRef<HTMLDivElement>(null);
  const isSame = JSON.stringify(part(thing)) === JSON.stringify(part(opened.thing));
  const overtaken = touched && !isSame;
  if (thing !== opened.thing && !overtaken)
    setOpened({ thing, round: isSame ? opened.round : opened.round + 1 });

  const touch = () => setTouched(true);
  const begin = (round: number) => {
    setOpened({ thing, round });
    setTouched(round === opened.round);
    // The button is gone.
    form.current?.focus();
  };
  return (
    <EditingContext value={{ saved: () => setTouched(false), overtaken }}>
      {/* Whatever is chosen in a list that opens over the page is told here too. */}
      <div
        ref={form}
        tabIndex={-1}
        role="presentation"
        className={styles.form}
        onInput={touch}
        onClick={touch}
      >
        <Fragment key={opened.round}>{children(opened.thing)}</Fragment>
      </div>
      {overtaken && (
        <div className={styles.overtaken}>
          <Callout tone="warning" role="alert" title="This was changed meanwhile">
            <WhoChanged changes={changes} /> What you typed is still here, and is not saved.
            <Group gap="sm" mt="sm">
              <Button size="xs" variant="default" onClick={() => begin(opened.round + 1)}>
                Load what it is now
              </Button>
              <Button size="xs" variant="default" onClick={() => begin(opened.round)}>
                Keep what I typed
              </Button>
            </Group>
          </Callout>
        </div>
      )}
    </EditingContext>
  );
}

/** As the event log has it; where it has nothing that was found quickly, without a name. */
export function WhoChanged({ changes }: { changes: EventFilter }) {
  const { user } = useSession();
  const { data: event } = useQuery({
    queryKey: ['last change', changes],
    queryFn: () => readLastEvent(changes),
    staleTime: 0,
  });
  if (!event?.actor) return 'Somebody else has saved it.';
  return (
    <>
      {event.actor.id === user.id ? 'You saved it in another window' : `${event.actor.login} saved it`}{' '}
      <Time at={event.at} />.
    </>
  );
}
