/** What went wrong on the way to the server, in words for the log. */

const certificate =
  /^(CERT_|ERR_TLS_|DEPTH_ZERO_|SELF_SIGNED_|UNABLE_TO_|HOSTNAME_MISMATCH|CRL_|INVALID_CA|PATH_LENGTH|ERR_SSL_)/;

const known: Record<string, string> = {
  ECONNREFUSED: 'it refuses connections',
  ENOTFOUND: 'its name is not known',
  EAI_AGAIN: 'no name server answers',
  ETIMEDOUT: 'the connection timed out',
  EHOSTUNREACH: 'there is no route to it',
  ENETUNREACH: 'there is no network',
  ECONNRESET: 'the connection broke',
  EPIPE: 'the connection broke',
  DEPTH_ZERO_SELF_SIGNED_CERT: 'its certificate is its own (self-signed)',
  SELF_SIGNED_CERT_IN_CHAIN: 'its certificate is by somebody whom this host does not trust',
  UNABLE_TO_VERIFY_LEAF_SIGNATURE: 'its certificate is by somebody whom this host does not trust',
  UNABLE_TO_GET_ISSUER_CERT_LOCALLY: 'its certificate is by somebody whom this host does not trust',
  CERT_HAS_EXPIRED: 'its certificate has expired',
  CERT_NOT_YET_VALID: 'its certificate does not hold yet: is the clock of this host right?',
  ERR_TLS_CERT_ALTNAME_INVALID: 'its certificate is for another name',
};

export function troubleOf(error: unknown): string {
  const { code, message } = error as { code?: unknown; message?: string };
  if (typeof code !== 'string') return message ?? 'an unknown fault';
  const said = known[code] ?? (certificate.test(code) ? 'its certificate does not hold' : undefined);
  return said === undefined ? `${message ?? ''} (${code})` : `${said} (${code})`;
}

/** How far the clock of this host is off, where that is too far for a proof. */
export function clockTrouble(
  serverTime: string | undefined,
  now: number,
  tolerance: number,
): string | undefined {
  const there = serverTime === undefined ? Number.NaN : Date.parse(serverTime);
  const seconds = Math.round((now - there) / 1000);
  if (!(Math.abs(seconds) > tolerance)) return undefined;
  return `the clock of this host is ${Math.abs(seconds)} seconds ${seconds < 0 ? 'behind' : 'ahead'}`;
}
