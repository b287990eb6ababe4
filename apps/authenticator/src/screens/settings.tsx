import { useState } from 'react';
import { appVersion } from '../activation/device.ts';
import { chooseLanguage, chosenLanguage } from '../display/language.ts';
import { chooseScheme, presentScheme, schemes, type Scheme } from '../display/scheme.ts';
import { inWords } from '../server/failure.ts';
import { languageTags } from '../texts/load.ts';
import { t } from '../texts/texts.ts';
import { LinkRow, Notice, Screen } from './pieces.tsx';

/** Display and language here; the rest a screen each. `onLanguage`: everything on the screen is to be drawn anew. */
export function SettingsScreen({ onLanguage }: { onLanguage: () => void }) {
  const [scheme, setScheme] = useState(presentScheme());
  const [problem, setProblem] = useState<string>();
  const said = (error: unknown) => setProblem(inWords(error));
  const choose = (next: Scheme) => {
    setScheme(next);
    chooseScheme(next);
  };
  const speak = (tag: string) => {
    chooseLanguage(tag || undefined)
      .catch(said)
      .finally(onLanguage);
  };
  return (
    <Screen title={t.settings.title} back="/more" top>
      {problem && <Notice kind="error">{problem}</Notice>}
      <fieldset className="card choices">
        <legend>{t.settings.display}</legend>
        {schemes.map((value) => (
          <label key={value}>
            <input type="radio" name="scheme" checked={scheme === value} onChange={() => choose(value)} />
            {t.settings[value]}
          </label>
        ))}
      </fieldset>
      <div className="form">
        <label>
          {t.settings.languageTitle}
          <select value={chosenLanguage() ?? ''} onChange={(event) => speak(event.target.value)}>
            <option value="">{t.settings.languageDevice}</option>
            {languageTags.map((tag) => (
              <option key={tag} value={tag}>
                {nameOfLanguage(tag)}
              </option>
            ))}
          </select>
        </label>
      </div>
      <ul className="list">
        <LinkRow to="/settings/security" title={t.settings.security} text={t.settings.securityText} />
        <LinkRow to="/settings/backup" title={t.settings.backup} text={t.settings.backupText} />
        <LinkRow to="/settings/privacy" title={t.settings.privacy} text={t.settings.privacyText} />
        <LinkRow to="/settings/about" title={t.settings.about} text={t.settings.aboutText} />
      </ul>
      <div className="card facts">
        <dl>
          <dt>{t.settings.version}</dt>
          <dd>{appVersion}</dd>
        </dl>
      </div>
    </Screen>
  );
}

/** In itself, so that whoever speaks it finds it. */
const nameOfLanguage = (tag: string): string =>
  new Intl.DisplayNames([tag], { type: 'language' }).of(tag) ?? tag;
