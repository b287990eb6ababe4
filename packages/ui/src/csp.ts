/** The nonce with which this page may add styles; the server puts a fresh one into each page. */
export const styleNonce = (): string =>
  document.querySelector<HTMLMetaElement>('meta[name="csp-nonce"]')?.content ?? '';

// Where Mantine's scroll lock (get-nonce) looks for it; without, a dialog's page could be scrolled behind it.
(globalThis as { __webpack_nonce__?: string }).__webpack_nonce__ = styleNonce();
