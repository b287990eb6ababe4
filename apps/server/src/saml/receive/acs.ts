import type { ServiceProviderMetadata } from '../metadata/service-provider.ts';
import { bindings } from '../names.ts';
import { SamlRefusal, quoted } from '../refusal.ts';

export interface AskedAcs {
  url?: string;
  index?: number;
}

/**
 * Where a response may go: a registered assertion consumer service of the POST binding, always; compared as texts, so
 * that nothing that looks like one passes. Without a wish the default (Metadata, section 2.2.3).
 * @throws SamlRefusal `acs_ambiguous`, `acs_unregistered`.
 */
export function chooseAcs(
  {
    entityId,
    assertionConsumerServices,
  }: Pick<ServiceProviderMetadata, 'entityId' | 'assertionConsumerServices'>,
  { url, index }: AskedAcs,
): string {
  const usable = assertionConsumerServices.filter(({ binding }) => binding === bindings.post);
  if (url !== undefined && index !== undefined)
    throw new SamlRefusal(
      'acs_ambiguous',
      'The request has AssertionConsumerServiceURL and AssertionConsumerServiceIndex; one may be there.',
    );
  const found =
    url !== undefined
      ? usable.find(({ location }) => location === url)
      : index !== undefined
        ? usable.find((service) => service.index === index)
        : (usable.find(({ isDefault }) => isDefault === true) ??
          usable.find(({ isDefault }) => isDefault === undefined) ??
          usable[0]);
  if (!found)
    throw new SamlRefusal(
      'acs_unregistered',
      `The response is to go to ${url === undefined ? `the index ${index}` : quoted(url)}, which ${quoted(entityId)} has not registered for the POST binding. It has ${usable.map(({ location, index: at }) => `${quoted(location)} (${at})`).join(', ') || 'none'}.`,
    );
  return found.location;
}
