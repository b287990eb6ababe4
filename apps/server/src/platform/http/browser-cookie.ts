import type { Reply, Request } from './app.ts';
import type { Cookies } from './cookies.ts';
import { day, second, type Platform } from '../platform.ts';
import { randomSecret } from '../random-text.ts';

const cookieLifetime = (400 * day) / second;

/** The random cookie of this browser, made where it has none. It binds sign-ins and earns familiarity. */
export function browserOf(
  request: Request,
  reply: Reply,
  { cookies, platform: { random } }: { cookies: Cookies; platform: Pick<Platform, 'random'> },
): string {
  const browser = cookies.read(request, 'browser') ?? randomSecret(random);
  cookies.set(reply, 'browser', browser, cookieLifetime);
  return browser;
}
