/** Why an application asked in vain, for the administrator who has to change something: pure, and nothing secret in it. */

export interface Trouble {
  /** The error code of OAuth. */
  error: string;
  description: string | undefined;
  /** What the library knows beyond what it tells the application. */
  detail: string | undefined;
  /** What came; undefined where it did not. */
  came: { clientId: string | undefined; redirectUri: string | undefined; authentication: string };
  /** What is registered; undefined where the client is not known. */
  expected: { redirectUris: readonly string[]; authentication: string } | undefined;
}

/** Of what strangers send, no more than this many characters. */
const most = 300;
const quoted = (text: string): string => `“${text.length > most ? `${text.slice(0, most)}…` : text}”`;
const withStop = (text: string): string => (/[.!?]$/.test(text) ? text : `${text}.`);

const advice: Record<string, string> = {
  invalid_scope: 'Ask only for openid, profile, email, groups and offline_access.',
  unsupported_response_type: 'Let the application use the code flow (response_type=code).',
  unauthorized_client: 'Allow the application this grant type here, or let it use another.',
  unsupported_grant_type: 'Let the application use a grant type that the metadata of this server names.',
  temporarily_unavailable: 'It is tried again in a minute.',
  unknown_user_id:
    'Let the application name a person (login_hint) by their login name or e-mail address who is active and may use it.',
  expired_token: 'Nobody answered in time: let the application ask once more.',
  unmet_authentication_requirements:
    'Lower what the application demands, or let the person set up a stronger second factor.',
};

const ofGrants: [RegExp, string][] = [
  [/PKCE|code_verifier/i, 'The code_verifier must be the one whose S256 hash began the sign-in.'],
  [/redirect_uri/, 'The redirect_uri of the token request must be that of the authorization request.'],
  [/consumed|already used/, 'A code or a refresh token is good once: let the application redeem it once.'],
  [/expired/, 'A code is good for a minute: let the application redeem it at once.'],
  [/client mismatch/, 'A code is redeemed by the client that it was made for.'],
  [
    /not found/,
    'It was never made here, or what it belonged to has ended: signed out, suspended, or revoked.',
  ],
];

/** Of a client’s assertion (RFC 7523, section 3), in the words of the library. */
const isOfAnotherTime = /jwt (expired|not active yet|issued in the future)/;

/** What came, what was expected, and what to change. */
export function explain({ error, description, detail, came, expected }: Trouble): string {
  if (!expected)
    return `It named itself ${quoted(came.clientId ?? '')}, and no application has that client ID. Copy the client ID from its page here into the application.`;
  if (error === 'invalid_redirect_uri') {
    const registered = expected.redirectUris.map(quoted).join(', ') || 'none';
    return `It asked to be answered at ${quoted(came.redirectUri ?? '')}; registered: ${registered}. Both must be the same to the letter: register the first here, or correct it in the application.`;
  }
  const what = withStop([description ?? error, detail].filter(Boolean).join(': '));
  if (error === 'invalid_client') {
    const change = isOfAnotherTime.test(what)
      ? 'Set the clock of the application’s server right: what it signs is good for a short time only.'
      : came.authentication === expected.authentication
        ? 'Copy the client ID and the secret (or register the key) anew.'
        : 'Let the application use the method that is chosen here, or choose the one that it uses.';
    return `${what} It authenticated by ${came.authentication}; chosen here: ${expected.authentication}. ${change}`;
  }
  const change =
    error === 'invalid_grant'
      ? ofGrants.find(([words]) => words.test(detail ?? ''))?.[1]
      : /code_challenge|PKCE/.test(what)
        ? 'Let the application use PKCE with S256, or switch it off here where it cannot.'
        : advice[error];
  return change ? `${what} ${change}` : what;
}
