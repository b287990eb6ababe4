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
  const copied = (await write(code)) || copyByCommand(code);
  show(copied ? t.codes.copied : t.codes.notCopied);
  if (copied) count('code_copied');
}

/** A browser that asks the person first may never answer: the older way is tried after a second then. */
const write = (code: string): Promise<boolean> =>
  Promise.race([
    Promise.resolve(navigator.clipboard?.writeText(code)).then(
      () => navigator.clipboard !== undefined,
      () => false,
    ),
    new Promise<boolean>((resolve) => setTimeout(() => resolve(false), 1_000)),
  ]);

function copyByCommand(code: string): boolean {
  const focused = document.activeElement;
  const field = document.createElement('textarea');
  field.value = code;
  field.readOnly = true;
  field.className = 'hidden-input';
  document.body.append(field);
  field.select();
  const copied = document.execCommand('copy');
  field.remove();
  if (focused instanceof HTMLElement) focused.focus();
  return copied;
}

export const useToast = (): { text: string; id: number } | undefined =>
  useSyncExternalStore(
    (listener) => {
      listeners.add(listener);
      return () => listeners.delete(listener);
    },
    () => toast,
  );
