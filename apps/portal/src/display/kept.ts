/** Small choices that this browser keeps. Where it keeps nothing, they last as long as the page. */

const key = (name: string) => `countersign-portal-${name}`;

export function kept(name: string): string | undefined {
  try {
    return localStorage.getItem(key(name)) ?? undefined;
  } catch {
    return undefined;
  }
}

/** Undefined forgets it. */
export function keep(name: string, value: string | undefined): void {
  try {
    if (value === undefined) localStorage.removeItem(key(name));
    else localStorage.setItem(key(name), value);
  } catch {
    // Private windows and full storage: the choice holds until the page is closed.
  }
}
