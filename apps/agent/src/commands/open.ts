import { join } from 'node:path';
import { PlainError } from '../plain-error.ts';
import { createHostServer, type HostServer } from '../server/calls.ts';
import { createTransport } from '../server/http.ts';
import { Damaged, readOwnFile } from '../state/files.ts';
import { certificatesFile, readHost, type HostIdentity } from '../state/host.ts';
import { readKeys } from '../state/keys.ts';

/** What `status` and `leave` begin with. */
export async function withHost<T>(
  folder: string,
  act: (identity: HostIdentity, server: HostServer) => Promise<T>,
): Promise<T> {
  try {
    const identity = await readHost(folder);
    if (!identity) throw new PlainError(`This host has not joined: there is no host.json in ${folder}.`);
    const keys = await readKeys(folder);
    const transport = createTransport({ ca: await readOwnFile(join(folder, certificatesFile)) });
    const { issuer } = identity;
    try {
      return await act(identity, createHostServer({ issuer, transport, keys: keys.host, now: Date.now }));
    } finally {
      transport.close();
    }
  } catch (error) {
    if (error instanceof Damaged) throw new PlainError(error.message, { cause: error });
    throw error;
  }
}
