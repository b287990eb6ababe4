import { Checkbox, NativeSelect, Stack, Switch, Textarea, TextInput } from '@mantine/core';
import type { OidcClient, OidcClientSettings } from '@countersign/protocol/wire';

/** What the OpenID provider has to know of an application. Addresses are typed one a line. */
export interface OidcDraft extends Omit<
  Required<OidcClientSettings>,
  'redirect_uris' | 'post_logout_redirect_uris'
> {
  redirectUris: string;
  postLogoutRedirectUris: string;
}

export const draftOf = (client?: OidcClient): OidcDraft => ({
  redirectUris: client?.redirect_uris.join('\n') ?? '',
  postLogoutRedirectUris: client?.post_logout_redirect_uris.join('\n') ?? '',
  backchannel_logout_uri: client?.backchannel_logout_uri ?? null,
  token_endpoint_auth_method: client?.token_endpoint_auth_method ?? 'client_secret_basic',
  jwks_uri: client?.jwks_uri ?? null,
  id_token_signed_response_alg: client?.id_token_signed_response_alg ?? 'ES256',
  grant_types: client?.grant_types ?? ['authorization_code', 'refresh_token'],
  pkce: client?.pkce ?? true,
});

const linesOf = (text: string): string[] => [
  ...new Set(
    text
      .split('\n')
      .map((line) => line.trim())
      .filter(Boolean),
  ),
];

export const settingsOf = ({
  redirectUris,
  postLogoutRedirectUris,
  ...rest
}: OidcDraft): OidcClientSettings => ({
  redirect_uris: linesOf(redirectUris),
  post_logout_redirect_uris: linesOf(postLogoutRedirectUris),
  ...rest,
});

const methods = [
  { value: 'client_secret_basic', label: 'A secret, in the header (usual)' },
  { value: 'client_secret_post', label: 'A secret, in the body' },
  { value: 'private_key_jwt', label: 'Its own key' },
  { value: 'none', label: 'Nothing: it runs in browsers or on phones' },
];

type GrantType = OidcDraft['grant_types'][number];

const grantTypes: { value: GrantType; label: string; description: string }[] = [
  {
    value: 'authorization_code',
    label: 'In a browser',
    description: 'It sends people here and gets them back signed in.',
  },
  {
    value: 'refresh_token',
    label: 'Stays signed in',
    description: 'It may renew its tokens without the person (offline_access).',
  },
  {
    value: 'urn:ietf:params:oauth:grant-type:device_code',
    label: 'On a device',
    description: 'A device without a browser shows a code, which people type here.',
  },
  {
    value: 'urn:openid:params:grant-type:ciba',
    label: 'By a push of its own (CIBA)',
    description: 'It names a person, whose phone asks, always with a number. It needs a secret or a key.',
  },
];

/** `problem`: of the member of that name, in words. */
export function OidcFields({
  draft,
  onChange,
  problem,
}: {
  draft: OidcDraft;
  onChange: (draft: OidcDraft) => void;
  problem: (member: string) => string | undefined;
}) {
  const set = (change: Partial<OidcDraft>) => onChange({ ...draft, ...change });
  return (
    <Stack gap="lg">
      <Checkbox.Group
        label="How people sign in to it"
        value={draft.grant_types}
        onChange={(chosen) => set({ grant_types: chosen })}
        error={problem('grant_types')}
      >
        <Stack gap="xs" mt="xs">
          {grantTypes.map((type) => (
            <Checkbox key={type.value} {...type} />
          ))}
        </Stack>
      </Checkbox.Group>
      <Textarea
        id="application-redirect_uris"
        label="Redirect URIs"
        description="Where the application is answered; one a line, exactly as it sends them."
        autosize
        minRows={2}
        value={draft.redirectUris}
        onChange={(event) => set({ redirectUris: event.currentTarget.value })}
        error={problem('redirect_uris')}
        spellCheck={false}
        required={draft.grant_types.includes('authorization_code')}
      />
      <Textarea
        label="After signing out"
        description="Where it may send people who signed out of it; one a line. May be empty."
        autosize
        minRows={1}
        value={draft.postLogoutRedirectUris}
        onChange={(event) => set({ postLogoutRedirectUris: event.currentTarget.value })}
        error={problem('post_logout_redirect_uris')}
        spellCheck={false}
      />
      <TextInput
        label="Back-channel logout"
        description="Where it is told by this server that somebody signed out. May be empty."
        type="url"
        value={draft.backchannel_logout_uri ?? ''}
        onChange={(event) => set({ backchannel_logout_uri: event.currentTarget.value.trim() || null })}
        error={problem('backchannel_logout_uri')}
        spellCheck={false}
      />
      <NativeSelect
        label="It proves itself by"
        data={methods}
        value={draft.token_endpoint_auth_method}
        onChange={(event) =>
          set({
            token_endpoint_auth_method: event.currentTarget.value as OidcDraft['token_endpoint_auth_method'],
          })
        }
      />
      {draft.token_endpoint_auth_method === 'private_key_jwt' && (
        <TextInput
          label="Its keys"
          description="The address of its JSON Web Key Set (jwks_uri)."
          type="url"
          value={draft.jwks_uri ?? ''}
          onChange={(event) => set({ jwks_uri: event.currentTarget.value.trim() || null })}
          error={problem('jwks_uri')}
          spellCheck={false}
          required
        />
      )}
      <NativeSelect
        label="Tokens are signed by"
        data={[
          { value: 'ES256', label: 'ES256' },
          { value: 'RS256', label: 'RS256, for applications that know no other' },
        ]}
        value={draft.id_token_signed_response_alg}
        onChange={(event) =>
          set({
            id_token_signed_response_alg: event.currentTarget
              .value as OidcDraft['id_token_signed_response_alg'],
          })
        }
      />
      <Switch
        label="It uses PKCE"
        description="Proof that whoever finishes a sign-in has begun it. Leave it on unless the application cannot do it."
        checked={draft.pkce}
        onChange={(event) => set({ pkce: event.currentTarget.checked })}
      />
    </Stack>
  );
}
