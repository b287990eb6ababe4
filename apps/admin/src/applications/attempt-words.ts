/** What to change when a sign-in failed, by the stable word of the attempt; undefined where its sentence says all. */
export const adviceFor = (outcome: string): string | undefined => advice[outcome];

const key =
  'Register the application’s present metadata here: its certificate is another than the one that is known.';
const clock = 'Set the clock of the application’s server right, or try again from its beginning.';
const unreadable =
  'The application sends something that is no SAML request of its standard form; see its log.';

const advice: Partial<Record<string, string>> = {
  acs_unregistered:
    'Register the application’s present metadata here, or correct the address (ACS) that it wants to be answered at.',
  acs_ambiguous:
    'Let the application say where it wants to be answered, by an address or an index, not both.',
  binding_unsupported: 'Let the application ask for an answer by HTTP-POST.',
  destination:
    'Correct the address of this server in the application: it is the one under “For the application”.',
  signature_missing: 'Let the application sign its requests, or do not demand it under “Advanced”.',
  signature_wrong: key,
  signature_algorithm: 'Let the application sign by RSA-SHA256.',
  key_missing: key,
  certificate_expired: 'Make a new certificate in the application, and register its metadata here.',
  issue_instant: clock,
  expired: clock,
  replayed:
    'Nothing has to be changed: Back or Reload sent an old request again. Begin anew in the application.',
  kind: unreadable,
  value: unreadable,
  version: unreadable,
  not_well_formed: unreadable,
  InvalidNameIDPolicy: 'Choose another NameID under “What it is told”, or ask for none in the application.',
  NoAuthnContext: 'Lower what the application demands, or let the person set up a stronger second factor.',
  NoPassive: 'Let the application ask without IsPassive: the person had to do something.',
  UnknownPrincipal: 'Sign out of one of the two, and sign in as the same person.',
  RequestDenied: 'Change who may use it, or add the person to one of its groups.',
  access_denied: 'Change who may use it, or nothing: the person may have given up.',
  AuthnFailed: 'Nothing has to be changed: the person gave up.',
};
