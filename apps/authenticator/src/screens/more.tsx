import { useState } from 'react';
import { appVersion } from '../activation/device.ts';
import { chooseScheme, presentScheme, type Scheme } from '../display/scheme.ts';
import { Icon, Screen, Tabs } from './pieces.tsx';

export function MoreScreen() {
  return (
    <Screen title="More" footer={<Tabs current="more" />}>
      <ul className="list">
        <li>
          <a className="card row" href="#/settings">
            <span className="row-text">
              <strong>Settings</strong>
              <span>Display, version</span>
            </span>
            <Icon name="chevron" />
          </a>
        </li>
        <li>
          <a className="card row" href="#/introduction">
            <span className="row-text">
              <strong>Show the introduction again</strong>
              <span>What the app does, in three pages</span>
            </span>
            <Icon name="chevron" />
          </a>
        </li>
      </ul>
    </Screen>
  );
}

const schemes: { value: Scheme; label: string }[] = [
  { value: 'light', label: 'Light' },
  { value: 'dark', label: 'Dark' },
  { value: 'system', label: 'System' },
];

export function SettingsScreen() {
  const [scheme, setScheme] = useState(presentScheme());
  return (
    <Screen title="Settings" back="/more">
      <fieldset className="card choices">
        <legend>Display</legend>
        {schemes.map(({ value, label }) => (
          <label key={value}>
            <input
              type="radio"
              name="scheme"
              checked={scheme === value}
              onChange={() => {
                setScheme(value);
                chooseScheme(value);
              }}
            />
            {label}
          </label>
        ))}
      </fieldset>
      <div className="card facts">
        <dl>
          <dt>Version</dt>
          <dd>{appVersion}</dd>
        </dl>
      </div>
    </Screen>
  );
}
