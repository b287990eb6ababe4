/** The nonce with which this page may add styles; the server puts a fresh one into each page. */
export const styleNonce = (): string =>
  document.querySelector<HTMLMetaElement>('meta[name="csp-nonce"]')?.content ?? '';
