import type { ErrorOut, KoaContextWithOIDC } from 'oidc-provider';
import { renderPlainPage, type PlainPage } from '../platform/http/plain-page.ts';

/** What the provider shows by itself: why it cannot go on, and signing out. */

type Koa = Pick<KoaContextWithOIDC, 'set' | 'remove' | 'accepts' | 'type' | 'body' | 'status'>;

function show(ctx: Koa, page: PlainPage): void {
  const { html, policy } = renderPlainPage(page);
  ctx.set('content-security-policy', policy);
  ctx.type = 'html';
  ctx.body = html;
}

const sentences: Record<string, string> = {
  invalid_redirect_uri: 'The application asked to be answered at an address that is not registered for it.',
  invalid_client: 'The application is not known here.',
  invalid_request: 'What the application asked for cannot be answered.',
};

/** To whoever has no application to go back to. The log has the same id with what came and what was expected. */
export function errorPage(ctx: KoaContextWithOIDC, { error }: ErrorOut, id: string): void {
  show(ctx, {
    title: 'This sign-in cannot go on',
    paragraphs: [
      sentences[error] ?? 'The sign-in was begun too long ago, or in another browser.',
      error === 'invalid_redirect_uri' || error === 'invalid_client'
        ? 'Beginning anew does not help: tell your administrator this code:'
        : 'Go back to the application and begin anew. If it happens again, tell your administrator this code:',
    ],
    code: id,
    form: '<a class="button" href="/">Open the User Portal</a>',
  });
}

/** The store is away: to a browser a page, to a program what it can try again by (RFC 6749 section 4.1.2.1). */
export function unavailable(ctx: Koa, id: string): void {
  ctx.status = 503;
  ctx.remove('location');
  ctx.set('retry-after', '5');
  if (ctx.accepts('json', 'html') !== 'html') {
    ctx.body = { error: 'temporarily_unavailable', error_description: `come back in 5 seconds (${id})` };
    return;
  }
  show(ctx, unavailablePage(id));
}

export const unavailablePage = (id: string): PlainPage => ({
  title: 'Not just now',
  paragraphs: [
    'The server cannot answer at the moment. Wait a little, go back to the application and begin anew.',
    'If it goes on, tell your administrator this code:',
  ],
  code: id,
});

/** `form`: the library's own, whose only field proves that this page was seen. `sure`: the application has shown that it may. */
export function logoutPage(ctx: KoaContextWithOIDC, form: string, sure: boolean): void {
  const yes = '<button type="submit" name="logout" value="yes">Sign out</button>';
  const no = '<button class="second" type="submit">Stay signed in</button>';
  const inner = sure ? `<input type="hidden" name="logout" value="yes">${yes}` : yes + no;
  show(ctx, {
    title: sure ? 'Signing out' : 'Sign out?',
    paragraphs: sure
      ? []
      : ['You will be signed out of the User Portal and of the applications that it opened.'],
    form: form.replace('</form>', `${inner}</form>`),
    submit: sure,
  });
}

export const signedOutPage = (ctx: KoaContextWithOIDC): void =>
  show(ctx, {
    title: 'You are signed out',
    paragraphs: ['You can close this window.'],
    form: '<a class="button" href="/">Sign in again</a>',
  });
