import { deflateRawSync } from 'node:zlib';
import { algorithms } from '../names.ts';
import type { Delivery } from './issuing.ts';
import { signBytes, type Signer } from './sign.ts';

type Parameter = 'SAMLRequest' | 'SAMLResponse';

/** Bindings, section 3.5: fields of a form that a page submits. */
export const byPost = (
  destination: string,
  parameter: Parameter,
  xml: string,
  relayState: string | undefined,
): Delivery => ({
  binding: 'post',
  destination,
  fields: {
    [parameter]: Buffer.from(xml).toString('base64'),
    ...(relayState === undefined ? {} : { RelayState: relayState }),
  },
});

/** Bindings, section 3.4.4.1: the signature is over the query as it is sent, and none is in the XML. */
export function byRedirect(
  destination: string,
  parameter: Parameter,
  xml: string,
  relayState: string | undefined,
  { key }: Signer,
): Delivery {
  const message = deflateRawSync(xml).toString('base64');
  const query = [
    `${parameter}=${encodeURIComponent(message)}`,
    ...(relayState === undefined ? [] : [`RelayState=${encodeURIComponent(relayState)}`]),
    `SigAlg=${encodeURIComponent(algorithms.rsaSha256)}`,
  ].join('&');
  const signature = encodeURIComponent(signBytes(query, key));
  const joint = destination.includes('?') ? '&' : '?';
  return { binding: 'redirect', url: `${destination}${joint}${query}&Signature=${signature}` };
}
