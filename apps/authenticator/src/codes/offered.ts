import type { OtpAccount } from '@countersign/protocol/otp';

/**
 * What was scanned or typed and is about to be shown on the next screen, in memory only: a secret is never part of an
 * address, which browsers keep in their history.
 */
export type Offered = { kind: 'account'; account: OtpAccount } | { kind: 'import'; text: string };

let offered: Offered | undefined;

export const offer = (what: Offered): void => {
  offered = what;
};

/** Stays until something else is offered, so that it survives the screen being drawn twice. */
export const offeredAccount = (): OtpAccount | undefined =>
  offered?.kind === 'account' ? offered.account : undefined;
export const offeredImport = (): string | undefined =>
  offered?.kind === 'import' ? offered.text : undefined;
export const dropOffer = (): void => {
  offered = undefined;
};
