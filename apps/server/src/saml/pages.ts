import type { Reply } from '../platform/http/app.ts';
import { escapeHtml, renderPlainPage, type PlainPage } from '../platform/http/plain-page.ts';
import type { Outcome } from './sign-in.ts';

/** What the browser is shown, or told, between two sites. */

export function send(reply: Reply, outcome: Outcome): Reply {
  void reply.header('cache-control', 'no-store');
  if (outcome.binding !== 'post') return reply.redirect(outcome.url, 303);
  // Bindings, section 3.5.4.
  const fields = Object.entries(outcome.fields).map(
    ([name, value]) => `<input type="hidden" name="${name}" value="${escapeHtml(value)}">`,
  );
  return show(reply, 200, {
    title: 'Going on to the application',
    paragraphs: [],
    form: `<form method="post" action="${escapeHtml(outcome.destination)}">${fields.join('')}<button type="submit">Go on</button></form>`,
    submit: true,
  });
}

function show(reply: Reply, status: number, page: PlainPage): Reply {
  const { html, policy } = renderPlainPage(page);
  return reply
    .status(status)
    .headers({ 'content-security-policy': policy, 'cache-control': 'no-store' })
    .type('text/html; charset=utf-8')
    .send(html);
}

/** What the person is told: `lasts` where beginning anew would end in the same way. */
export interface Trouble {
  sentence: string;
  lasts?: boolean;
}

/** To whoever has no application to go back to. The log, and the administrator's list of attempts, have the same id. */
export const showTrouble = (
  reply: Reply,
  status: number,
  { sentence, lasts = false }: Trouble,
  id: string,
): Reply =>
  show(reply, status, {
    title: 'This cannot go on',
    paragraphs: [
      sentence,
      lasts
        ? 'Beginning anew does not help: tell your administrator this code:'
        : 'Go back to the application and begin anew. If it happens again, tell your administrator this code:',
    ],
    code: id,
    form: '<a class="button" href="/">Open the User Portal</a>',
  });
