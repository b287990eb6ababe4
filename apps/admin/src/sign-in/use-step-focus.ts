import { useEffect, useRef } from 'react';

/** For the heading of a step: it takes the focus, which the step before took away with it. */
export function useStepFocus() {
  const heading = useRef<HTMLHeadingElement>(null);
  useEffect(() => heading.current?.focus(), []);
  return heading;
}
