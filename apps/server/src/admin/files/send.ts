import type { ExportFormat } from '@countersign/protocol/wire';
import { Readable } from 'node:stream';
import type { Events, NewEvent } from '../../events/events.ts';
import type { Reply } from '../../platform/http/app.ts';
import { Refusal } from '../../platform/http/refusal.ts';
import { holdOpen } from '../../platform/http/stream.ts';
import type { Platform } from '../../platform/platform.ts';
import type { Sessions } from '../../sessions/sessions.ts';
import { isStill, type Administrator } from '../access.ts';

/** What administrators take away as files, written while it is read: however much there is, some hundred rows are held at once. */

export interface ExportNeeds {
  platform: Platform;
  sessions: Sessions;
  events: Events;
}

export interface ExportFile {
  /** The file's, before the day. */
  name: string;
  format: ExportFormat;
  /** Some lines at a time; nothing where a step found none. */
  lines: AsyncIterable<string>;
  /** An export is an event itself. */
  event: Pick<NewEvent, 'type' | 'details'>;
}

/** What one administrator, with all their tokens, may have open at once, in this process. */
const mostOpen = 4;
const open = new Map<string, number>();

/** Counts one more stream or file of theirs. Returns what gives the place back. @throws Refusal 429 */
export function takePlace({ actor: { id } }: Administrator): () => void {
  const count = open.get(id) ?? 0;
  if (count >= mostOpen) {
    throw new Refusal('too_many_requests', {
      detail: 'This session follows or exports something several times already. Close one of them.',
      retry_after: 10,
    });
  }
  open.set(id, count + 1);
  let given = false;
  return () => {
    if (given) return;
    given = true;
    const left = open.get(id)! - 1;
    if (left > 0) open.set(id, left);
    else open.delete(id);
  };
}

const types: Record<ExportFormat, string> = {
  csv: 'text/csv; charset=utf-8; header=present',
  jsonl: 'application/jsonl',
};

/** It ends in the middle where the reader is signed out, suspended or given another role. @throws Refusal 429 */
export async function sendExport(
  reply: Reply,
  reader: Administrator,
  { name, format, lines, event }: ExportFile,
  { platform, sessions, events }: ExportNeeds,
): Promise<string> {
  const { store, now } = platform;
  const giveBack = takePlace(reader);
  async function* whileTheyMay(): AsyncGenerator<string> {
    for await (const some of lines) {
      if (!(await isStill(reader, { platform, sessions }))) throw new Error('the session has ended');
      if (some !== '') yield some;
    }
  }
  try {
    const { actor, asker } = reader;
    await store.transaction((transaction) => events.record(transaction, { ...event, actor, asker }));
    // Read as fast as it is taken; whoever takes it slowly holds nothing but their place.
    const file = Readable.from(whileTheyMay(), { objectMode: false });
    const forget = holdOpen(() => file.destroy());
    file.once('close', () => {
      forget();
      giveBack();
    });
    const day = new Date(now()).toISOString().slice(0, 10);
    return await reply
      .header('content-type', types[format])
      .header('content-disposition', `attachment; filename="${name}-${day}.${format}"`)
      .send(file);
  } catch (error) {
    giveBack();
    throw error;
  }
}
