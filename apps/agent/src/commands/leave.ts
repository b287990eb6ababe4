import { readdir, readFile, rm } from 'node:fs/promises';
import { join } from 'node:path';
import { recordFile } from '../offline/record.ts';
import { oneLine } from '../log.ts';
import { PlainError } from '../plain-error.ts';
import { configurationFile } from '../state/configuration.ts';
import { certificatesFile, hostFile } from '../state/host.ts';
import { keyFiles } from '../state/keys.ts';
import { withHost } from './open.ts';

/** `countersign-agent leave`: the server is told, and the keys are destroyed. */
export async function leave(folder: string, { force = false, pam = '/etc/pam.d' } = {}): Promise<void> {
  const uses = await usesOf(pam);
  // Whoever left first would find no way in afterwards.
  if (uses.length > 0 && !force)
    throw new PlainError(
      `Logins still ask the agent (${uses.join(', ')}): "pam-auth-update --disable countersign" first, or add --force.`,
    );
  try {
    await withHost(folder, async (_, server) => {
      const left = await server.leave();
      if (left.kind === 'answered') return;
      if (left.kind === 'refused' && left.code === 'host_revoked') return;
      throw new PlainError(
        left.kind === 'outage'
          ? `The server cannot be reached: ${left.reason}.`
          : oneLine(`The server refused: ${left.text}`),
      );
    });
  } catch (error) {
    if (!(error instanceof PlainError) || !force) throw error;
  }
  // First what says that this host has joined.
  for (const name of [hostFile, ...keyFiles, configurationFile, recordFile, certificatesFile])
    await rm(join(folder, name), { force: true });
}

/** The files of PAM that name the module. */
async function usesOf(folder: string): Promise<string[]> {
  const names = await readdir(folder).catch(() => []);
  const uses = [];
  for (const name of names) {
    const text = await readFile(join(folder, name), 'utf8').catch(() => '');
    if (/^[^#]*pam_countersign\.so/m.test(text)) uses.push(join(folder, name));
  }
  return uses;
}
