import { usePrimitives } from '@countersign/protocol';
import { glob } from 'node:fs/promises';
import { join } from 'node:path';
import { createPrimitives } from './primitives.ts';

/** The protocol's own tests, the published vectors among them, with the server's primitives in the place of WebCrypto. */
usePrimitives(createPrimitives());
const protocol = join(import.meta.dirname, '../../../../packages/protocol/src');
for await (const file of glob(
  '**/{hash,jws,jws-signature,presence-key,vectors,proof,answer,request,registration}.test.ts',
  { cwd: protocol },
))
  await import(join(protocol, file));
