import { useSyncExternalStore } from 'react';
import { count } from '../telemetry/telemetry.ts';
import { t } from '../texts/texts.ts';

/** Copying a code, and the word that says so. */
let toast: { text: string; id: number } | undefined;
const listeners = new Set<() => void>();
let timer: ReturnType<typeof setTimeout> | undefined;

function show(text: string): void {
  toast = { text, id: (toast?.id ?? 0) + 1 };
  listeners.forEach((listener) => listener());
  clearTimeout(timer);
  timer = setTimeout(() => {
    toast = undefined;
    listeners.forEach((listener) => listener());
  }, 3_000);
}

/** From a tap. Says whether it worked. */
export async function copyCode(code: string): Promise<void> {
  try {
    await navigator.clipboard.writeText(code);
    show(t.codes.copied);
    count('code_copied');
  } catch {
    show(t.codes.notCopied);
  }
}

export const useToast = (): { text: string; id: number } | undefined =>
  useSyncExternalStore(
    (listener) => {
      listeners.add(listener);
      return () => listeners.delete(listener);
    },
    () => toast,
  );
