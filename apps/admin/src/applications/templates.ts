import type { CreateApplication } from '@countersign/protocol/wire';

/**
 * Applications that many organisations have, by their makers' public documentation: what to register of them here, and
 * what to type there.
 */
export interface Template {
  id: string;
  name: string;
  kind: 'oidc' | 'saml';
  /** How it will be connected. */
  text: string;
  questions: Question[];
  /** What is registered; of `saml` its metadata are read before. `answers`: by the names of the questions. */
  make(answers: Record<string, string>): CreateApplication;
  /** What is done at the application, in order. */
  steps(facts: SetupFacts): Step[];
}
export interface Question {
  name: string;
  label: string;
  description: string;
  /** What is wrong with an answer; undefined where nothing is. */
  check(answer: string): string | undefined;
}
export interface SetupFacts {
  issuer: string;
  /** The application's own address, without a slash at its end. */
  address: string;
  clientId: string;
  secret: string;
}
export interface Step {
  text: string;
  /** To be copied. */
  code?: string;
}

const withoutSlash = (address: string): string => address.trim().replace(/\/+$/, '');

function checkAddress(answer: string): string | undefined {
  const url = URL.parse(answer.trim());
  const isLocal = url?.protocol === 'http:' && ['localhost', '127.0.0.1', '[::1]'].includes(url.hostname);
  if (!url || (url.protocol !== 'https:' && !isLocal)) return 'This is no https address.';
  return url.search || url.hash || url.username ? 'Give the address alone, without ? and #.' : undefined;
}
const addressOf = (name: string, example: string): Question => ({
  name: 'address',
  label: `Address of ${name}`,
  description: `As people type it, such as ${example}.`,
  check: checkAddress,
});
const arn = (label: string, name: string, kind: string): Question => ({
  name,
  label,
  description: `Its ARN, such as arn:aws:iam::123456789012:${kind}/Countersign.`,
  check: (answer) =>
    new RegExp(String.raw`^arn:aws[\w-]*:iam::\d{12}:${kind}/[\w+=,.@/-]+$`).test(answer.trim())
      ? undefined
      : `This is no ARN of the form arn:aws:iam::123456789012:${kind}/Name.`,
});

/** Every client has to know RS256 (OpenID Connect Core, section 15.1); not every one knows ES256. */
const client = (redirect_uris: string[], post_logout_redirect_uris: string[] = []) => ({
  redirect_uris,
  post_logout_redirect_uris,
  token_endpoint_auth_method: 'client_secret_basic' as const,
  id_token_signed_response_alg: 'RS256' as const,
  pkce: true,
});

const discovery = (issuer: string) => `${issuer}/.well-known/openid-configuration`;

export const templates: readonly Template[] = [
  {
    id: 'grafana',
    name: 'Grafana',
    kind: 'oidc',
    text: 'By OpenID Connect, with its generic OAuth; every edition has it.',
    questions: [addressOf('Grafana', 'https://grafana.example.com')],
    make({ address = '' }) {
      const at = withoutSlash(address);
      return {
        kind: 'oidc',
        name: 'Grafana',
        url: at,
        oidc: client([`${at}/login/generic_oauth`], [`${at}/login`]),
      };
    },
    steps: ({ issuer, clientId, secret, address }) => [
      {
        text: 'Put this into grafana.ini, and start Grafana again. Its root_url has to be the address that people type.',
        code: [
          '[server]',
          `root_url = ${address}/`,
          '',
          '[auth.generic_oauth]',
          'enabled = true',
          'name = Countersign',
          `client_id = ${clientId}`,
          `client_secret = ${secret}`,
          'scopes = openid profile email groups',
          `auth_url = ${issuer}/oidc/authorize`,
          `token_url = ${issuer}/oidc/token`,
          `api_url = ${issuer}/oidc/userinfo`,
          'login_attribute_path = preferred_username',
          'name_attribute_path = name',
          'email_attribute_path = email',
          'groups_attribute_path = groups',
          'use_pkce = true',
          'allow_sign_up = true',
        ].join('\n'),
      },
      {
        text: 'To make the members of a group administrators of Grafana, add a line with its name. Everybody else is a Viewer.',
        code: `role_attribute_path = contains(groups[*], 'Operations') && 'Admin' || 'Viewer'`,
      },
    ],
  },
  {
    id: 'nextcloud',
    name: 'Nextcloud',
    kind: 'oidc',
    text: 'By OpenID Connect, with the app “OpenID Connect user backend” (user_oidc).',
    questions: [addressOf('Nextcloud', 'https://cloud.example.com')],
    make({ address = '' }) {
      const at = withoutSlash(address);
      // With and without the web server's rewriting of addresses.
      const redirectUris = ['/apps/user_oidc/code', '/index.php/apps/user_oidc/code'].map(
        (path) => at + path,
      );
      return { kind: 'oidc', name: 'Nextcloud', url: at, oidc: client(redirectUris, [`${at}/`]) };
    },
    steps: ({ issuer, clientId, secret }) => [
      {
        text: 'Install the app user_oidc, and let it prove that it began what it finishes.',
        code: 'occ app:install user_oidc\nocc config:system:set user_oidc use_pkce --type=boolean --value=true',
      },
      {
        text: 'Add this server as a provider.',
        code: [
          'occ user_oidc:provider Countersign \\',
          `  --clientid='${clientId}' \\`,
          `  --clientsecret='${secret}' \\`,
          `  --discoveryuri='${discovery(issuer)}' \\`,
          `  --scope='openid profile email groups' \\`,
          '  --mapping-uid=preferred_username --mapping-display-name=name --mapping-email=email \\',
          '  --unique-uid=0',
        ].join('\n'),
      },
      {
        text: 'With --unique-uid=0 people get the accounts that have their login name. Leave it out for accounts of their own.',
      },
    ],
  },
  {
    id: 'gitlab',
    name: 'GitLab',
    kind: 'oidc',
    text: 'By OpenID Connect, with OmniAuth of a GitLab of your own.',
    questions: [addressOf('GitLab', 'https://gitlab.example.com')],
    make({ address = '' }) {
      const at = withoutSlash(address);
      return {
        kind: 'oidc',
        name: 'GitLab',
        url: at,
        oidc: client([`${at}/users/auth/openid_connect/callback`]),
      };
    },
    steps: ({ issuer, clientId, secret, address }) => [
      {
        text: 'Put this into /etc/gitlab/gitlab.rb.',
        code: [
          `gitlab_rails['omniauth_allow_single_sign_on'] = ['openid_connect']`,
          `gitlab_rails['omniauth_block_auto_created_users'] = false`,
          `gitlab_rails['omniauth_providers'] = [`,
          `  { name: 'openid_connect',`,
          `    label: 'Countersign',`,
          `    args: {`,
          `      name: 'openid_connect',`,
          `      scope: ['openid', 'profile', 'email'],`,
          `      response_type: 'code',`,
          `      issuer: '${issuer}',`,
          `      discovery: true,`,
          `      client_auth_method: 'basic',`,
          `      uid_field: 'sub',`,
          `      pkce: true,`,
          `      client_options: {`,
          `        identifier: '${clientId}',`,
          `        secret: '${secret}',`,
          `        redirect_uri: '${address}/users/auth/openid_connect/callback'`,
          `      } } }`,
          `]`,
        ].join('\n'),
      },
      { text: 'Let GitLab take it up.', code: 'sudo gitlab-ctl reconfigure' },
    ],
  },
  {
    id: 'aws',
    name: 'AWS',
    kind: 'saml',
    text: 'By SAML, into one role of an account (IAM). For IAM Identity Center choose SAML.',
    questions: [arn('Role', 'role', 'role'), arn('Identity provider', 'provider', 'saml-provider')],
    make: ({ role = '', provider = '' }) => ({
      kind: 'saml',
      name: 'AWS',
      url: 'https://console.aws.amazon.com/',
      saml: {
        metadata_url: 'https://signin.aws.amazon.com/static/saml-metadata.xml',
        name_id_format: 'persistent',
        idp_initiated: true,
        attributes: [
          {
            name: 'https://aws.amazon.com/SAML/Attributes/Role',
            name_format: 'uri',
            source: 'fixed',
            value: `${role.trim()},${provider.trim()}`,
          },
          {
            name: 'https://aws.amazon.com/SAML/Attributes/RoleSessionName',
            name_format: 'uri',
            source: 'email',
          },
        ],
      },
    }),
    steps: ({ issuer }) => [
      {
        text: 'In IAM, under Identity providers, add a provider of type SAML with the metadata of this server. Its ARN is the one that you gave here.',
        code: `${issuer}/saml/metadata`,
      },
      {
        text: 'Let the role trust that provider: allow it sts:AssumeRoleWithSAML, with this audience.',
        code: '"StringEquals": { "SAML:aud": "https://signin.aws.amazon.com/saml" }',
      },
      {
        text: 'Everybody who may use this application gets that role. Add one application for each role.',
      },
    ],
  },
];
