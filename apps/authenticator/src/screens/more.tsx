import { t } from '../texts/texts.ts';
import { LinkRow, Screen, Tabs } from './pieces.tsx';

/** `current` is the area whose screen stands beside the list. */
export function MoreScreen({ current }: { current?: string }) {
  return (
    <Screen title={t.app.more} footer={<Tabs current="more" />}>
      <ul className="list">
        <LinkRow
          to="/settings"
          title={t.more.settings}
          text={t.more.settingsText}
          current={current === 'settings'}
        />
        <LinkRow to="/help" title={t.more.help} text={t.more.helpText} current={current === 'help'} />
        <LinkRow to="/introduction" title={t.more.introduction} text={t.more.introductionText} />
      </ul>
    </Screen>
  );
}
