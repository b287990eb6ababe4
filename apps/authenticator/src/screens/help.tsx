import { useEffect } from 'react';
import { count } from '../telemetry/telemetry.ts';
import { t } from '../texts/texts.ts';
import type { Article } from '../texts/article.ts';
import { LinkRow, Screen } from './pieces.tsx';

/** The articles, which come with the app and are there offline. */
export function HelpScreen({ article }: { article: string | undefined }) {
  useEffect(() => count('help_opened'), []);
  const articles: Record<string, Article> = t.help.articles;
  if (article === undefined) {
    return (
      <Screen title={t.help.title} back="/more" top>
        <ul className="list">
          {Object.entries(articles).map(([id, { title }]) => (
            <LinkRow key={id} to={`/help/${id}`} title={title} />
          ))}
        </ul>
      </Screen>
    );
  }
  const found = Object.hasOwn(articles, article) ? articles[article] : undefined;
  return (
    <Screen title={found?.title ?? t.help.title} back="/help">
      <article className="prose">
        {found ? found.paragraphs.map((text) => <p key={text}>{text}</p>) : <p>{t.help.notFound}</p>}
      </article>
    </Screen>
  );
}
