/** One door for everything that accounts come in: it finds out what a text is, and reads it. */
import type { ImportResult } from './result.ts';

/**
 * Reads what was scanned, typed or chosen as a file: an otpauth URI or a list of them (a line each; blank lines and
 * lines with # are left out), a Google migration URI, an Aegis vault, a 2FAS backup or our own backup. Never throws.
 */
export async function readImport(text: string, password?: string): Promise<ImportResult> {
  throw new Error(`being written: ${text.length} ${password?.length}`);
}
