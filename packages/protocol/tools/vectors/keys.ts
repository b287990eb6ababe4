import { presenceThumbprint } from '../../src/presence-key.ts';
import { otherKey, presenceKey, publicHalf, type TestKey } from '../test-keys.ts';

const warning = 'TEST ONLY. This private key is printed in a standard; it protects nothing.';

const describe = async (from: string, key: TestKey) => ({
  warning,
  from,
  private_jwk: key,
  public_jwk: publicHalf(key),
  thumbprint: await presenceThumbprint(publicHalf(key)),
});

/** The keys with which the vectors were signed. */
export const keys = {
  presence: await describe('RFC 7515 appendix A.3', presenceKey),
  other: await describe('RFC 6979 appendix A.2.5', otherKey),
};
