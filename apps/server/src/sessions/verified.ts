import type { Acr } from '@countersign/protocol/wire';

declare const proven: unique symbol;

/**
 * That a person proved who they are, and how surely. `openSession` takes nothing less, and only the verifiers'
 * completion (authentication/complete.ts) may call {@link attest}: the import bounds hold it to that. Forgetting a
 * check is then a type error.
 */
export interface Verified {
  readonly [proven]: true;
  readonly userId: string;
  readonly acr: Acr;
  /** RFC 8176 */
  readonly amr: readonly string[];
  /** By what exactly beside the password, JSON (`Proven` of policy/rules.ts); null where there was nothing. */
  readonly proof: string | null;
}

export const attest = (fact: {
  userId: string;
  acr: Acr;
  amr: readonly string[];
  proof: string | null;
}): Verified => fact as Verified;
