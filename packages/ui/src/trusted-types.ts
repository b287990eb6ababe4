/**
 * Trusted Types for the portals; import this before anything else. Mantine writes CSS text into `<style>` elements by way
 * of `innerHTML`: text without `<` can become no element, so exactly that is let through. Nothing ever becomes script.
 */

interface TrustedTypes {
  createPolicy(name: string, rules: Record<string, (input: string) => string>): unknown;
}

const refuse = (): string => {
  throw new TypeError('refused by the page’s policy');
};

(globalThis as { trustedTypes?: TrustedTypes }).trustedTypes?.createPolicy('default', {
  createHTML: (text) => (text.includes('<') ? refuse() : text),
  createScript: refuse,
  createScriptURL: refuse,
});
