import { Title } from '@mantine/core';
import { useEffect, useRef } from 'react';

/** The heading of a state: it takes the focus where that would be lost, because what had it has gone. */
export function ArrivalTitle({
  children,
  order = 2,
  ta = order === 2 ? 'center' : undefined,
}: {
  children: string;
  order?: 1 | 2;
  ta?: 'left' | 'center';
}) {
  const heading = useRef<HTMLHeadingElement>(null);
  useEffect(() => {
    const { activeElement } = document;
    if (!activeElement || activeElement === document.body) heading.current?.focus({ preventScroll: true });
  }, []);
  return (
    <Title
      order={order}
      ref={heading}
      tabIndex={-1}
      ta={ta}
      fz={order === 2 ? 20 : 26}
      style={{ outline: 'none' }}
    >
      {children}
    </Title>
  );
}
