import type { GuardedFetch } from '../platform/guarded-fetch.ts';

/**
 * The library's outgoing calls (keys of clients, back-channel logout) through the guarded client: administrators type these
 * addresses, and the server must not be led to what is near it.
 */
export const libraryFetch =
  (guardedFetch: GuardedFetch) =>
  async (address: string | URL | Request, init: RequestInit = {}): Promise<Response> => {
    const headers = Object.fromEntries(new Headers(init.headers));
    // Forms and tokens: the library sends no other kind.
    const body =
      init.body instanceof URLSearchParams ? init.body.toString() : (init.body as string | null | undefined);
    const answer = await guardedFetch(address instanceof Request ? address.url : String(address), {
      method: init.method === 'POST' ? 'POST' : 'GET',
      headers,
      ...(body ? { body: new TextEncoder().encode(body) } : {}),
    });
    const isEmpty = answer.status === 204 || answer.status === 304;
    return new Response(isEmpty ? null : Buffer.from(answer.body), {
      status: answer.status,
      headers: { 'content-type': answer.headers['content-type'] ?? 'application/octet-stream' },
    });
  };
