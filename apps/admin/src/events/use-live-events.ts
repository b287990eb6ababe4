import type { Event, EventFilter, NewEvents } from '@countersign/protocol/wire';
import { useEffect, useEffectEvent, useState } from 'react';
import { eventStream } from '../server/admin-api.ts';

/** More than that, and only the newest stay. */
const most = 500;

/**
 * New events as they come, newest first, while `on`. `onGap` is called where some may have been missed: when the stream
 * begins, and again after it was broken off; and where it cannot be had at all.
 */
export function useLiveEvents(filter: EventFilter, on: boolean, onGap: () => void) {
  const [fresh, setFresh] = useState<Event[]>([]);
  const [isOpen, setIsOpen] = useState(false);
  const path = eventStream(filter);
  const gap = useEffectEvent(onGap);

  // What came stays when it is switched off, and goes with the filters that it came by.
  useEffect(() => setFresh([]), [path]);
  useEffect(() => {
    if (!on) return;
    const source = new EventSource(path);
    source.addEventListener('open', () => {
      setIsOpen(true);
      gap();
    });
    source.addEventListener('error', () => {
      setIsOpen(false);
      // Refused: it does not come back by itself. Whoever is signed out is told by the list.
      if (source.readyState === EventSource.CLOSED) gap();
    });
    source.addEventListener('events', ({ data }: MessageEvent<string>) => {
      const { items, missed } = JSON.parse(data) as NewEvents;
      if (missed) gap();
      setFresh((shown) => [...items, ...shown].slice(0, most));
    });
    return () => {
      source.close();
      setIsOpen(false);
    };
  }, [path, on]);
  return { fresh, isOpen };
}
