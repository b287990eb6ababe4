import fastifyStatic from '@fastify/static';
import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { encodeBase64url } from '@countersign/protocol';
import type { FastifyReply } from 'fastify';
import type { App } from './app.ts';
import { pagePolicy, scriptPolicy } from './security-headers.ts';

/** Serving the built faces: their files, cached for ever under hashed names, and one page each with a fresh nonce. */

export interface Face {
  /** The folder with the built files. */
  folder: string;
  /** Where its files are, such as `/admin/`. */
  base: string;
  /** Addresses that the page itself answers, apart from `base`. */
  pages: readonly string[];
  wasm: boolean;
}

export function serveFace(app: App, face: Face, random: (bytes: number) => Uint8Array): void {
  const indexFile = join(face.folder, 'index.html');
  if (!existsSync(indexFile)) return;
  const index = readFileSync(indexFile, 'utf8');
  const page = (reply: FastifyReply) => {
    const nonce = encodeBase64url(random(16));
    return reply
      .headers({
        'content-type': 'text/html; charset=utf-8',
        'cache-control': 'no-cache',
        'content-security-policy': pagePolicy(nonce, face),
      })
      .send(index.replaceAll('__CSP_NONCE__', nonce));
  };

  void app.register(async (scope) => {
    await scope.register(fastifyStatic, {
      root: face.folder,
      prefix: face.base,
      wildcard: false,
      index: false,
      // Without a face's own glob, `index.html` would be served with its nonce unfilled.
      globIgnore: ['**/index.html', '**/*.br', '**/*.gz', '.vite/**', '.built-from'],
      preCompressed: true,
      decorateReply: false,
      schemaHide: true,
      setHeaders: (response, path) => {
        const hashed = path.includes('/assets/');
        // A service worker lives under the policy that its script came with.
        if (/\.js(\.br|\.gz)?$/.test(path)) void response.header('content-security-policy', scriptPolicy);
        void response.header('cache-control', hashed ? 'public, max-age=31536000, immutable' : 'no-cache');
      },
    });
    for (const path of [face.base, ...face.pages]) {
      scope.get(path, { schema: { hide: true } }, (_request, reply) => page(reply));
    }
    if (face.base !== '/') {
      scope.get(face.base.slice(0, -1), { schema: { hide: true } }, (_request, reply) =>
        reply.redirect(face.base, 308),
      );
    }
  });
}
