import { useEffect, useState } from 'react';
import { appVersion } from '../activation/device.ts';
import { inWords } from '../server/failure.ts';
import { t } from '../texts/texts.ts';
import { LinkRow, Notice, Screen } from './pieces.tsx';

/** Version, terms, privacy notice and licences. */
export function AboutScreen({ page }: { page: string | undefined }) {
  if (page === 'terms') return <Text title={t.about.terms} paragraphs={t.about.termsText} />;
  if (page === 'privacy') return <Text title={t.about.privacyNotice} paragraphs={t.about.privacyText} />;
  if (page === 'licences') return <Licences />;
  return (
    <Screen title={t.about.title} back="/settings">
      <div className="card facts">
        <dl>
          <dt>{t.about.version}</dt>
          <dd>{appVersion}</dd>
          <dt>{t.about.server}</dt>
          <dd>{location.host}</dd>
          <dt>{t.about.storage}</dt>
          <dd>
            <Persistence />
          </dd>
        </dl>
      </div>
      <ul className="list">
        <LinkRow to="/settings/about/terms" title={t.about.terms} />
        <LinkRow to="/settings/about/privacy" title={t.about.privacyNotice} />
        <LinkRow to="/settings/about/licences" title={t.about.licences} />
      </ul>
    </Screen>
  );
}

/** Whether the browser may delete the app's data when storage runs out. */
function Persistence() {
  const [persisted, setPersisted] = useState<boolean>();
  useEffect(() => void navigator.storage?.persisted?.().then(setPersisted), []);
  return <>{persisted ? t.about.storagePersistent : t.about.storageMay}</>;
}

function Text({ title, paragraphs }: { title: string; paragraphs: readonly string[] }) {
  return (
    <Screen title={title} back="/settings/about">
      <article className="prose">
        {paragraphs.map((text) => (
          <p key={text}>{text}</p>
        ))}
      </article>
    </Screen>
  );
}

interface Licence {
  name: string;
  version: string;
  licence: string;
  text: string;
}

/** The list is made by the build, from what is really in the app (see tools/licences.ts). */
function Licences() {
  const [licences, setLicences] = useState<Licence[]>();
  const [problem, setProblem] = useState<string>();
  useEffect(() => {
    fetch(new URL('licences.json', new URL(import.meta.env.BASE_URL, location.href)))
      .then(async (response) => setLicences((await response.json()) as Licence[]))
      .catch((error: unknown) => setProblem(inWords(error)));
  }, []);
  return (
    <Screen title={t.about.licences} back="/settings/about">
      <p>{t.about.licencesText}</p>
      {problem && <Notice kind="error">{problem}</Notice>}
      {licences?.map(({ name, version, licence, text }) => (
        <details key={name} className="card">
          <summary>
            {name} {version} · {licence}
          </summary>
          <pre>{text}</pre>
        </details>
      ))}
    </Screen>
  );
}
