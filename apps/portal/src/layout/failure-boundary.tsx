import { Button, Text } from '@mantine/core';
import { Component, type ReactNode } from 'react';
import { NarrowPage } from './narrow-page.tsx';

/** A page that cannot be drawn, mostly since the server has been upgraded and its old files are gone: never a blank one. */
export class FailureBoundary extends Component<{ children: ReactNode }, { failed: boolean }> {
  override state = { failed: false };
  static getDerivedStateFromError() {
    return { failed: true };
  }
  override render() {
    if (!this.state.failed) return this.props.children;
    return (
      <NarrowPage title="This page could not be opened">
        <Text role="alert">The connection was lost, or the server has a newer version of the portal.</Text>
        <Button size="md" onClick={() => location.reload()}>
          Load it again
        </Button>
      </NarrowPage>
    );
  }
}
