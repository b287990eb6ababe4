/** A browser as far as the server can tell: cookies, an Origin, JSON, server-sent events. */
export interface Answer<Body = any> {
  status: number;
  body: Body;
  headers: Headers;
}

export class Browser {
  /** The issuer. */
  readonly url: string;
  /** Where it connects to: the issuer, or one of the processes behind it. */
  at: string;
  readonly cookies = new Map<string, string>();
  /** Sent with every call. */
  headers: Record<string, string> = {};
  userAgent = 'Mozilla/5.0 (X11; Linux x86_64; rv:153.0) Gecko/20100101 Firefox/153.0';

  constructor(url: string) {
    this.url = url;
    this.at = url;
  }

  get = (path: string) => this.call('GET', path);
  post = (path: string, body?: unknown) => this.call('POST', path, body);
  patch = (path: string, body?: unknown) => this.call('PATCH', path, body);
  delete = (path: string) => this.call('DELETE', path);

  /** A string as body is sent as it is. `headers` replace those that a browser would send; an empty one is left out. */
  async call(
    method: string,
    path: string,
    body?: unknown,
    headers: Record<string, string> = {},
  ): Promise<Answer> {
    const response = await fetch(this.at + path, {
      method,
      redirect: 'manual',
      headers: this.headersOf({
        ...(body === undefined ? {} : { 'content-type': 'application/json' }),
        ...headers,
      }),
      body: body === undefined ? undefined : typeof body === 'string' ? body : JSON.stringify(body),
    });
    this.keepCookies(response);
    const text = await response.text();
    const isJson = /json(;|$)/.test(response.headers.get('content-type') ?? '');
    return {
      status: response.status,
      headers: response.headers,
      body: isJson && text ? JSON.parse(text) : text,
    };
  }

  /** Reads server-sent events until the caller stops, or the server ends the stream. */
  async *events(path: string, signal?: AbortSignal): AsyncGenerator<{ event: string; data: any }> {
    const response = await fetch(this.at + path, { headers: this.headersOf({}), signal });
    this.keepCookies(response);
    yield* readEvents(response);
  }

  private headersOf(headers: Record<string, string>): Record<string, string> {
    const all: Record<string, string> = {
      origin: this.url,
      'user-agent': this.userAgent,
      ...this.headers,
      ...headers,
    };
    if (this.cookies.size > 0)
      all.cookie ??= [...this.cookies].map(([name, value]) => `${name}=${value}`).join('; ');
    return Object.fromEntries(Object.entries(all).filter(([, value]) => value !== ''));
  }

  private keepCookies(response: Response): void {
    for (const cookie of response.headers.getSetCookie()) {
      const [, name, value] = /^([^=]+)=([^;]*)/.exec(cookie)!;
      if (/max-age=0|expires=Thu, 01 Jan 1970/i.test(cookie)) this.cookies.delete(name!);
      else this.cookies.set(name!, value!);
    }
  }
}

/** Takes a stream of server-sent events apart. @throws Error where the answer is no stream. */
export async function* readEvents(response: Response): AsyncGenerator<{ event: string; data: any }> {
  if (response.status !== 200) throw new Error(`${response.status} ${await response.text()}`);
  let pending = '';
  for await (const chunk of response.body!.pipeThrough(new TextDecoderStream())) {
    pending += chunk;
    const blocks = pending.split('\n\n');
    pending = blocks.pop()!;
    for (const block of blocks) {
      const event = /^event: (.*)$/m.exec(block)?.[1];
      const data = /^data: (.*)$/m.exec(block)?.[1];
      if (event && data) yield { event, data: JSON.parse(data) };
    }
  }
}
