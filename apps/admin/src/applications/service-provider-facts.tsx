import { Code, Stack, Text } from '@mantine/core';
import type { SamlMetadata } from '@countersign/protocol/wire';
import { Callout } from '../layout/callout.tsx';
import { Time } from '../layout/time.tsx';
import { certificateState } from './saml-settings.ts';

type Said = Omit<SamlMetadata, 'metadata'>;

/** What the metadata of an application say: to be compared with what its maker says. */
export function ServiceProviderFacts({ said }: { said: Said }) {
  // A certificate without a use is for both.
  const certificates = [...new Set(said.certificates.map(({ fingerprint }) => fingerprint))].map(
    (fingerprint) => {
      const same = said.certificates.filter((each) => each.fingerprint === fingerprint);
      return { ...same[0]!, uses: same.map(({ use }) => use).join(' and ') };
    },
  );
  return (
    <Stack gap="sm">
      <Item name="Entity ID" values={[said.entity_id]} />
      <Item name="It is answered at (ACS)" values={said.acs_urls} />
      {said.slo_urls.length > 0 && <Item name="It signs out at" values={said.slo_urls} />}
      <div>
        <Text fw={600} size="sm">
          Requests
        </Text>
        <Text size="sm">{said.authn_requests_signed ? 'It signs them.' : 'It does not sign them.'}</Text>
      </div>
      {certificates.length === 0 && <Text size="sm">It has no certificates.</Text>}
      {certificates.map((certificate) => (
        <CertificateFacts key={certificate.fingerprint} certificate={certificate} />
      ))}
      {said.valid_until !== null && (
        <Text size="sm">
          These metadata are valid until <Time at={said.valid_until} precise />.
        </Text>
      )}
    </Stack>
  );
}

function CertificateFacts({ certificate }: { certificate: Said['certificates'][number] & { uses: string } }) {
  const { subject, uses, fingerprint, valid_from, valid_to } = certificate;
  const state = certificateState(certificate, Date.now());
  return (
    <Stack gap={4}>
      <Text fw={600} size="sm">
        Certificate for {uses}
      </Text>
      <Text size="sm">
        {subject}, from <Time at={valid_from} precise /> to <Time at={valid_to} precise />
      </Text>
      <div>
        <Code style={{ overflowWrap: 'anywhere' }}>{fingerprint}</Code>
      </div>
      {state !== undefined && (
        <Callout tone={state === 'ended' ? 'danger' : 'warning'} title={stateWords[state]}>
          Make a new one in the application, and register its metadata here.
        </Callout>
      )}
    </Stack>
  );
}

const stateWords = {
  ended: 'This certificate has ended.',
  ending: 'This certificate ends within 30 days.',
  early: 'This certificate is not valid yet.',
};

function Item({ name, values }: { name: string; values: string[] }) {
  return (
    <div>
      <Text fw={600} size="sm">
        {name}
      </Text>
      {values.map((value) => (
        <div key={value}>
          <Code style={{ overflowWrap: 'anywhere' }}>{value}</Code>
        </div>
      ))}
    </div>
  );
}
