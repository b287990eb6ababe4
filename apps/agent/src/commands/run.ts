import { stat } from 'node:fs/promises';
import { createKeeper } from '../agent.ts';
import { createLog } from '../log.ts';
import { PlainError } from '../plain-error.ts';
import { openRelay } from '../relay/socket.ts';
import { version } from '../version.ts';
import { isOpenToOthers } from '../windows.ts';

/** `countersign-agent run`: until it is told to stop. */
export async function run({ folder, socket }: { folder: string; socket: string }): Promise<void> {
  const log = createLog((line) => process.stderr.write(line), {
    journal: process.env.JOURNAL_STREAM !== undefined,
    debug: process.env.LOG_LEVEL === 'debug',
    now: Date.now,
  });
  const found = await stat(folder).catch(() => undefined);
  if (found && isOpenToOthers(found.mode, 0o022))
    throw new PlainError(`Others can write in ${folder}: chmod 700 it.`);
  const keeper = createKeeper({ folder, now: Date.now, log });
  await keeper.open();
  const relay = await openRelay(socket, keeper.converse, log);
  log('notice', `countersign-agent ${version} listens on ${socket}`);
  let stopping = false;
  for (const signal of ['SIGINT', 'SIGTERM'] as const) {
    process.on(signal, () => {
      if (stopping) return;
      stopping = true;
      log('notice', `stopping (${signal})`);
      void relay
        .close()
        .then(() => keeper.stop())
        .then(() => process.exit(0));
    });
  }
}
