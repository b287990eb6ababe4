import { presenceThumbprint } from '../../src/presence-key.ts';
import { otherKey, presenceKey, publicHalf } from '../test-keys.ts';

const example = {
  kty: 'EC',
  crv: 'P-256',
  x: 'l8tFrhx-34tV3hRICRDY9zCkDlpBhF42UQUfWVAWBFs',
  y: '9VE4jf_Ok_o64zbTTlcuNJajHmt6v9TDVrU0CdvGRDA',
} as const;
const jwk = publicHalf(presenceKey);

export const thumbprint = {
  description:
    'Presence keys as JWK and their RFC 7638 thumbprints, by which a server finds them. `refused` are keys that are never taken; where `on_curve` is false the form is right and verifying with them fails.',
  valid: [
    {
      name: 'the example of RFC 9449 section 6.1',
      jwk: example,
      thumbprint: '0ZcOCORZNYy-DWpqq30jZyJGHTN0d2HglBV3uiguA4I',
    },
    {
      name: 'other order, other members: the same thumbprint',
      jwk: { use: 'sig', y: example.y, x: example.x, kty: 'EC', kid: '1', crv: 'P-256', alg: 'ES256' },
      thumbprint: '0ZcOCORZNYy-DWpqq30jZyJGHTN0d2HglBV3uiguA4I',
    },
    { name: 'RFC 7515 appendix A.3', jwk, thumbprint: await presenceThumbprint(jwk) },
    {
      name: 'RFC 6979 appendix A.2.5',
      jwk: publicHalf(otherKey),
      thumbprint: await presenceThumbprint(publicHalf(otherKey)),
    },
  ],
  refused: [
    { name: 'a private key', jwk: presenceKey },
    { name: 'another curve', jwk: { ...jwk, crv: 'P-384' } },
    { name: 'RSA', jwk: { kty: 'RSA', n: 'AQAB', e: 'AQAB' } },
    { name: 'a coordinate without its leading zero byte', jwk: { ...jwk, x: jwk.x.slice(0, 42) } },
    { name: 'a coordinate with padding', jwk: { ...jwk, x: `${jwk.x}=` } },
    { name: 'a coordinate with stray bits', jwk: { ...jwk, x: `${jwk.x.slice(0, 42)}V` } },
    { name: 'no y', jwk: { kty: jwk.kty, crv: jwk.crv, x: jwk.x } },
    { name: 'the point at infinity', on_curve: false, jwk: { ...jwk, x: 'A'.repeat(43), y: 'A'.repeat(43) } },
    { name: 'no point of the curve', on_curve: false, jwk: { ...jwk, y: jwk.x } },
  ],
};
