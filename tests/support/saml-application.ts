import { inflateRawSync } from 'node:zlib';
import { startSite, type Answered, type Asked, type Site } from './application-page.ts';
import { createServiceProvider, newRequestId, readForm, type ServiceProvider } from './service-provider.ts';

/** An application that signs people in by SAML, as small as one can be: it shows what it was told. */
export interface SamlApplication extends Site {
  /** What the Admin Portal wants to know. */
  readonly metadata: string;
}

/** `issuer`: the URL of the server that signs people in, whose metadata are read at each answer. */
export async function startSamlApplication(issuer: string, name = 'Files'): Promise<SamlApplication> {
  /** What a form of the other site brought, until the browser comes for it with its cookie. */
  const brought = new Map<string, Record<string, string>>();
  const site = await startSite(name, answer);
  const sp: ServiceProvider = createServiceProvider(issuer, Date.now, { host: site.url, signs: true });

  async function answer({ path, query, form, visitor }: Asked): Promise<Answered> {
    const session = JSON.parse(visitor.get('session') ?? 'null') as {
      nameId: string;
      sessionIndexes: string[];
    } | null;
    switch (path) {
      case '/metadata':
        return { xml: sp.metadata };
      case '/acs': {
        const ticket = newRequestId();
        brought.set(ticket, form);
        return { location: `/landed?ticket=${ticket}` };
      }
      case '/landed': {
        const fields = brought.get(query.get('ticket') ?? '');
        if (!fields) return { title: 'Not signed in', links: { 'Sign in': '/' } };
        brought.delete(query.get('ticket')!);
        return land(fields, visitor);
      }
      case '/slo': {
        if (query.has('SAMLResponse')) return { title: 'Goodbye', links: { 'Sign in': '/' } };
        visitor.clear();
        const xml = inflateRawSync(Buffer.from(query.get('SAMLRequest')!, 'base64')).toString();
        return { location: issuer + sp.logoutResponse(/ ID="([^"]*)"/.exec(xml)![1]!) };
      }
      case '/logout':
        visitor.clear();
        return session
          ? { location: issuer + sp.logout(session) }
          : { title: 'Goodbye', links: { 'Sign in': '/' } };
      default:
        return {
          location: issuer + sp.redirect({ attributes: query.has('force') ? ' ForceAuthn="true"' : '' }),
        };
    }
  }

  async function land(fields: Record<string, string>, visitor: Map<string, string>): Promise<Answered> {
    const metadata = await (await fetch(`${issuer}/saml/metadata`)).text();
    const certificates = [...metadata.matchAll(/<ds:X509Certificate>([^<]*)</g)].map((found) => found[1]!);
    const { status, assertion, xml, inResponseTo } = readForm({ action: sp.acsUrl, fields }, certificates);
    const received = { name: 'The Response as it came', text: xml };
    if (!assertion)
      return {
        title: 'Not signed in',
        facts: { status: status.join(', ') },
        received,
        links: { 'Sign in': '/' },
      };
    const { nameId, classRef, sessionIndex, authnInstant, sessionNotOnOrAfter, attributes } = assertion;
    visitor.set('session', JSON.stringify({ nameId: nameId.value, sessionIndexes: [sessionIndex] }));
    const told = Object.entries(attributes).map(([attribute, values]) => [attribute, values.join(', ')]);
    return {
      title: 'Signed in',
      facts: {
        NameID: nameId.value,
        'Format of the NameID': nameId.format ?? 'none',
        AuthnContextClassRef: classRef,
        AuthnInstant: new Date(authnInstant).toISOString(),
        SessionNotOnOrAfter: new Date(sessionNotOnOrAfter).toISOString(),
        InResponseTo: inResponseTo ?? 'none: nobody asked',
        ...Object.fromEntries(told),
      },
      received,
      links: { 'Ask for a fresh proof': '/?force', 'Sign out': '/logout' },
    };
  }

  return { ...site, metadata: sp.metadata };
}
