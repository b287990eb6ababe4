import { Title } from '@mantine/core';
import { useEffect, useRef } from 'react';
import { useDiscovery } from '../session.ts';

/** The heading of a page; it names the window, and takes the focus so that a reader hears where they are. */
export function PageTitle({ children }: { children: string }) {
  const heading = useRef<HTMLHeadingElement>(null);
  const organization = useDiscovery().data?.organization.name;
  useEffect(() => {
    document.title = organization ? `${children} · ${organization}` : children;
  }, [children, organization]);
  useEffect(() => heading.current?.focus({ preventScroll: true }), []);
  return (
    <Title order={1} ref={heading} tabIndex={-1} fz={{ base: 26, xs: 32 }} mb="lg">
      {children}
    </Title>
  );
}
