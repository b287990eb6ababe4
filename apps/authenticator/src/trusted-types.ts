/** Under Trusted Types nothing becomes script but the one service worker of this app. Import this before anything else. */

interface TrustedTypes {
  createPolicy(name: string, rules: Record<string, (input: string) => string>): unknown;
}

export const serviceWorkerUrl = new URL('sw.js', new URL(import.meta.env.BASE_URL, location.href)).href;

const refuse = (): string => {
  throw new TypeError('refused by the page’s policy');
};

(globalThis as { trustedTypes?: TrustedTypes }).trustedTypes?.createPolicy('default', {
  createHTML: refuse,
  createScript: refuse,
  createScriptURL: (url) => (new URL(url, location.href).href === serviceWorkerUrl ? url : refuse()),
});
