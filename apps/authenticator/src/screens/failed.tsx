import { Component, type ReactNode } from 'react';
import { note } from '../telemetry/telemetry.ts';
import { t } from '../texts/texts.ts';
import { Notice } from './pieces.tsx';

/** Where a screen cannot be loaded or drawn, this is there instead of nothing. React has no hook for it. */
export class FailureBoundary extends Component<{ children: ReactNode }, { failed: boolean }> {
  override state = { failed: false };

  static getDerivedStateFromError(): { failed: boolean } {
    return { failed: true };
  }

  override componentDidCatch(): void {
    note('error', { code: 'screen' });
  }

  override render(): ReactNode {
    if (!this.state.failed) return this.props.children;
    return (
      <main className="content">
        <Notice kind="error">{navigator.onLine ? t.problems.unknown : t.problems.offline}</Notice>
        <button type="button" className="primary" onClick={() => location.reload()}>
          {t.app.tryAgain}
        </button>
      </main>
    );
  }
}
