/**
 * The few choices that are needed before the first thing is drawn (language, colours), in localStorage, which answers at
 * once; the database takes a tenth of a second to open on a slow phone. Where there is none, the device's own is used.
 */
export function readAtOnce(name: string): string | undefined {
  try {
    return localStorage.getItem(`countersign-authenticator-${name}`) ?? undefined;
  } catch {
    return undefined;
  }
}

/** Undefined forgets it. False where it could not be kept. */
export function keepAtOnce(name: string, value: string | undefined): boolean {
  try {
    if (value === undefined) localStorage.removeItem(`countersign-authenticator-${name}`);
    else localStorage.setItem(`countersign-authenticator-${name}`, value);
    return true;
  } catch {
    return false;
  }
}
