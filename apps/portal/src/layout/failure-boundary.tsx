import { Button, Text } from '@mantine/core';
import { Component, type ReactNode } from 'react';
import { NarrowPage } from './narrow-page.tsx';
import { t } from '../texts/texts.ts';

/** A page that cannot be drawn, mostly since the server has been upgraded and its old files are gone: never a blank one. */
export class FailureBoundary extends Component<{ children: ReactNode }, { failed: boolean }> {
  override state = { failed: false };
  static getDerivedStateFromError() {
    return { failed: true };
  }
  override render() {
    if (!this.state.failed) return this.props.children;
    return (
      <NarrowPage title={t.app.broken}>
        <Text role="alert">{t.app.brokenText}</Text>
        <Button size="md" onClick={() => location.reload()}>
          {t.app.loadAgain}
        </Button>
      </NarrowPage>
    );
  }
}
