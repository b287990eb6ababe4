import { readFileSync } from 'node:fs';
import { resolve } from 'node:path';
import ipaddr from 'ipaddr.js';
import { PlainError } from './plain-error.ts';
import { linesOf, secretFile, secretsOfFile, type Secrets } from './secrets.ts';

/** The settings of the process, from its environment and a `.env` file (which never overrides the environment). */
export interface Environment {
  issuer: string;
  port: number;
  host: string;
  dataFolder: string;
  databaseUrl?: string;
  /** What seals secrets at rest. */
  secrets: Secrets;
  /** The file that the secrets come from, where the product made it: it may also change it. */
  ownSecretFile?: string;
  tls?: { cert: string; key: string };
  smtpUrl?: string;
  /** Addresses and CIDR ranges whose forwarded headers count. */
  trustedProxies: string[];
  /** Exact origins that the guarded client may reach although they are plain http or private. */
  fetchAllow: string[];
  metricsToken?: string;
  logLevel: string;
}

type Variables = Record<string, string | undefined>;

/** @throws PlainError with one clear line for each setting that is wrong. */
export function readEnvironment(variables: Variables): Environment {
  const wrong: string[] = [];
  const text = (name: string) => variables[name]?.trim() || undefined;
  const list = (name: string) =>
    (text(name) ?? '')
      .split(',')
      .map((item) => item.trim())
      .filter(Boolean);
  const file = (name: string) => {
    const path = text(name);
    if (!path) return undefined;
    try {
      return readFileSync(path, 'utf8');
    } catch {
      wrong.push(`${name}: the file ${path} cannot be read`);
      return undefined;
    }
  };

  const port = Number(text('PORT') ?? 8480);
  if (!Number.isInteger(port) || port < 1 || port > 65535)
    wrong.push('PORT: must be a number from 1 to 65535');
  const dataFolder = resolve(text('COUNTERSIGN_DATA') ?? 'data');
  const databaseUrl = text('DATABASE_URL');
  if (databaseUrl && !/^postgres(ql)?:$/.test(URL.parse(databaseUrl)?.protocol ?? '')) {
    wrong.push('DATABASE_URL: must look like postgres://user:password@host:5432/name');
  }

  const cert = file('COUNTERSIGN_TLS_CERT');
  const key = file('COUNTERSIGN_TLS_KEY');
  if (Boolean(text('COUNTERSIGN_TLS_CERT')) !== Boolean(text('COUNTERSIGN_TLS_KEY'))) {
    wrong.push('COUNTERSIGN_TLS_CERT and COUNTERSIGN_TLS_KEY: both are needed, or neither');
  }
  const issuer = text('COUNTERSIGN_URL') ?? `http${cert ? 's' : ''}://localhost:${port}`;
  const issuerProblem = problemOfIssuer(issuer);
  if (issuerProblem) wrong.push(`COUNTERSIGN_URL: ${issuerProblem}`);

  const smtpUrl = text('SMTP_URL');
  if (smtpUrl && !/^smtps?:$/.test(URL.parse(smtpUrl)?.protocol ?? '')) {
    wrong.push('SMTP_URL: must look like smtp://user:password@host:587 or smtps://…');
  }
  const trustedProxies = list('TRUSTED_PROXIES');
  for (const proxy of trustedProxies) {
    if (!ipaddr.isValid(proxy) && !ipaddr.isValidCIDR(proxy)) {
      wrong.push(`TRUSTED_PROXIES: "${proxy}" is neither an address nor a range such as 10.0.0.0/8`);
    }
  }
  const fetchAllow = list('COUNTERSIGN_FETCH_ALLOW');
  for (const origin of fetchAllow) {
    if (URL.parse(origin)?.origin !== origin) {
      wrong.push(`COUNTERSIGN_FETCH_ALLOW: "${origin}" is no origin such as http://127.0.0.1:9000`);
    }
  }
  const logLevel = text('LOG_LEVEL') ?? 'info';
  if (!['fatal', 'error', 'warn', 'info', 'debug', 'trace', 'silent'].includes(logLevel)) {
    wrong.push('LOG_LEVEL: must be fatal, error, warn, info, debug, trace or silent');
  }
  const givenSecret = text('COUNTERSIGN_SECRET') ?? file('COUNTERSIGN_SECRET_FILE')?.trim();
  if (givenSecret !== undefined && givenSecret.length < 32) {
    wrong.push(
      'COUNTERSIGN_SECRET: must have at least 32 characters, such as `openssl rand -base64 32` makes',
    );
  }
  const previousSecrets = [
    ...list('COUNTERSIGN_SECRET_PREVIOUS'),
    ...linesOf(file('COUNTERSIGN_SECRET_PREVIOUS_FILE') ?? ''),
  ];
  if (previousSecrets.some((secret) => secret.length < 32)) {
    wrong.push(
      'COUNTERSIGN_SECRET_PREVIOUS: each must have at least 32 characters, as it had when it was used',
    );
  }
  if (databaseUrl && givenSecret === undefined && !text('COUNTERSIGN_SECRET_FILE')) {
    wrong.push(
      'COUNTERSIGN_SECRET or COUNTERSIGN_SECRET_FILE: needed with DATABASE_URL, for every process alike',
    );
  }
  if (wrong.length > 0) throw new PlainError(wrong.join('\n'));

  const ownSecretFile = givenSecret === undefined ? secretFile(dataFolder) : undefined;
  const secretsOfToday = ownSecretFile ? secretsOfFile(ownSecretFile) : () => [givenSecret!];
  return {
    issuer: new URL(issuer).origin,
    port,
    host: text('HOST') ?? '127.0.0.1',
    dataFolder,
    databaseUrl,
    secrets: () => [...secretsOfToday(), ...previousSecrets],
    ownSecretFile,
    tls: cert && key ? { cert, key } : undefined,
    smtpUrl,
    trustedProxies,
    fetchAllow,
    metricsToken: text('METRICS_TOKEN'),
    logLevel,
  };
}

function problemOfIssuer(issuer: string): string | undefined {
  const url = URL.parse(issuer);
  if (!url || !/^https?:$/.test(url.protocol)) return 'must be an address such as https://id.example.com';
  if (url.pathname !== '/' || url.search || url.hash || url.username)
    return 'must have no path, query or user';
  const isLocal = ['localhost', '127.0.0.1', '[::1]'].includes(url.hostname);
  // Browsers give service workers, WebCrypto and the camera to secure contexts only.
  if (url.protocol === 'http:' && !isLocal) return 'must begin with https:// unless it is localhost';
  return undefined;
}
