import { createServer, type IncomingMessage } from 'node:http';
import { once } from 'node:events';
import { randomBytes } from 'node:crypto';
import type { AddressInfo } from 'node:net';

/** A small application that signs people in elsewhere: what it shows, and whom it remembers. */

export interface Shown {
  title: string;
  /** What it was told, in words. */
  facts?: Record<string, string>;
  /** The same as it came, under what it is called. */
  received?: { name: string; text: string };
  /** Where one can go: the words to the address. */
  links?: Record<string, string>;
}

export interface Asked {
  path: string;
  query: URLSearchParams;
  /** The whole address. */
  url: URL;
  form: Record<string, string>;
  /** Of this browser; what is kept in it is kept. */
  visitor: Map<string, string>;
}

export type Answered = { location: string } | { xml: string } | Shown;

export interface Site extends AsyncDisposable {
  readonly url: string;
}

export async function startSite(name: string, answer: (asked: Asked) => Promise<Answered>): Promise<Site> {
  const visitors = new Map<string, Map<string, string>>();
  const server = createServer((request, response) => {
    void (async () => {
      const known = new RegExp(`${cookie}=([0-9a-f]+)`).exec(request.headers.cookie ?? '')?.[1];
      // A form of the other site brings no cookie: its page sends the browser on within ours.
      const id = known !== undefined && visitors.has(known) ? known : randomBytes(16).toString('hex');
      const visitor = visitors.get(id) ?? new Map<string, string>();
      visitors.set(id, visitor);
      const target = new URL(request.url!, url);
      const form = request.method === 'POST' ? await formOf(request) : {};
      const answered = await answer({
        path: target.pathname,
        query: target.searchParams,
        url: target,
        form,
        visitor,
      });
      if (known !== id) response.setHeader('set-cookie', `${cookie}=${id}; HttpOnly; SameSite=Lax; Path=/`);
      if ('location' in answered) return response.writeHead(303, { location: answered.location }).end();
      const [type, text] =
        'xml' in answered
          ? ['application/xml', answered.xml]
          : ['text/html; charset=utf-8', pageOf(name, answered)];
      return response.writeHead(200, { 'content-type': type }).end(text);
    })().catch((error: unknown) =>
      response.writeHead(500, { 'content-type': 'text/plain' }).end(String(error)),
    );
  });
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  // Another host name than the server's would do as well: what counts is that it is another origin.
  const { port } = server.address() as AddressInfo;
  const url = `http://127.0.0.1:${port}`;
  // Cookies know no ports: two of these beside each other would forget their visitors in turn.
  const cookie = `visitor-${port}`;
  return {
    url,
    async [Symbol.asyncDispose]() {
      server.close();
      server.closeAllConnections();
      await once(server, 'close');
    },
  };
}

async function formOf(request: IncomingMessage): Promise<Record<string, string>> {
  let text = '';
  for await (const piece of request.setEncoding('utf8')) text += piece as string;
  return Object.fromEntries(new URLSearchParams(text));
}

const escaped = (text: string) => text.replace(/[&<>"]/g, (character) => `&#${character.charCodeAt(0)};`);

const style = `:root{color-scheme:light dark}body{font:16px/1.5 system-ui,sans-serif;margin:0;background:light-dark(#fbf8f3,#1b1714)}
main{max-width:640px;margin:8vh auto;padding:0 20px}small{letter-spacing:.08em;text-transform:uppercase;opacity:.7}
h1{margin:.2em 0 .8em;line-height:1.2}dl{display:grid;grid-template-columns:minmax(7em,auto) 1fr;gap:6px 16px;margin:0 0 1.5em}
dt{opacity:.75}dd{margin:0;overflow-wrap:anywhere;font-family:ui-monospace,monospace}
details{margin-top:1.5em}summary{cursor:pointer;padding:8px 0}
pre{margin:0;padding:12px;border-radius:8px;background:light-dark(#f0e9de,#29231e);font:13px/1.5 ui-monospace,monospace;white-space:pre-wrap;overflow-wrap:anywhere}
@media(max-width:480px){dl{grid-template-columns:1fr;gap:0}dd{margin-bottom:10px}}
a{display:inline-block;margin:0 8px 8px 0;padding:10px 16px;border-radius:8px;background:#8a4b12;color:#fff;text-decoration:none}`;

const pageOf = (
  name: string,
  { title, facts = {}, received, links = {} }: Shown,
): string => `<!doctype html><html lang="en">
<meta charset="utf-8"><meta name="viewport" content="width=device-width,initial-scale=1"><title>${escaped(title)}</title><style>${style}</style>
<main><small>${escaped(name)}</small><h1>${escaped(title)}</h1>
<dl>${Object.entries(facts)
  .map(([fact, value]) => `<dt>${escaped(fact)}</dt><dd>${escaped(value)}</dd>`)
  .join('')}</dl>
${Object.entries(links)
  .map(([words, to]) => `<a href="${escaped(to)}">${escaped(words)}</a>`)
  .join('')}
${received ? `<details><summary>${escaped(received.name)}</summary><pre tabindex="0">${escaped(received.text)}</pre></details>` : ''}</main></html>`;
