/** Key pairs that standards printed, private half and all: whoever uses them for anything but tests has no secret. */

export interface TestKey {
  kty: 'EC';
  crv: 'P-256';
  x: string;
  y: string;
  d: string;
}

/** RFC 7515 appendix A.3. */
export const presenceKey: TestKey = {
  kty: 'EC',
  crv: 'P-256',
  x: 'f83OJ3D2xF1Bg8vub9tLe1gHMzV76e8Tus9uPHvRVEU',
  y: 'x_FEzRu9m36HLN_tue659LNpXW6pCyStikYjKIWI5a0',
  d: 'jpsQnnGQmL-YBIffH1136cspYG6-0iY7X1fCE9-E9LI',
};

/** RFC 6979 appendix A.2.5. */
export const otherKey: TestKey = {
  kty: 'EC',
  crv: 'P-256',
  x: 'YP7UuiVanTHJYet0xjVtaMBJuJI7Yfps5mliLmDyn7Y',
  y: 'eQP-EAi4vJmkGunpVii8ZPLxsgwtfp9Rd6PClNRGIpk',
  d: 'ya-p2EW6dRZrXCFXZ7HWk05Qw9s26JsSe4piKxIPZyE',
};

export const publicHalf = ({ kty, crv, x, y }: TestKey) => ({ kty, crv, x, y });

const algorithm = { name: 'ECDSA', namedCurve: 'P-256' } as const;

/** As WebCrypto keys, for the functions that sign. */
export async function keyPairOf(key: TestKey): Promise<CryptoKeyPair> {
  return {
    privateKey: await crypto.subtle.importKey('jwk', key, algorithm, false, ['sign']),
    publicKey: await crypto.subtle.importKey('jwk', publicHalf(key), algorithm, true, ['verify']),
  };
}
