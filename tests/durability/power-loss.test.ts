import assert from 'node:assert/strict';
import { open, readFile, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { test } from 'node:test';
import { setTimeout as sleep } from 'node:timers/promises';
import { findProgram } from '../support/installed.ts';
import { startServer } from '../support/server.ts';
import { check, passAnHour } from './checker.ts';
import { Ledger } from './ledger.ts';
import { enrolPeople } from './people.ts';
import { limit, rounds, seed } from './rounds.ts';
import { seeded, startLoad } from './load.ts';

/**
 * Power loss on SQLite. The server runs under a tracer that notes each write and each fsync of the database's files;
 * after a kill, everything that was written since the last fsync of a file is overwritten with zeros there, as if it
 * had never reached the disk. What was acknowledged must be there all the same.
 */
const skip = findProgram('strace') === undefined && 'strace is not installed';

interface Unsynced {
  file: string;
  ranges: { offset: number; length: number }[];
}

/** From the trace: per file, what was written and not synced when the process ended. */
function unsyncedIn(trace: string): Unsynced[] {
  const pending = new Map<string, Unsynced['ranges']>();
  const syncing = new Map<string, string>();
  for (const line of trace.split('\n')) {
    const thread = line.split(' ', 1)[0]!;
    const write = /pwrite64\(\d+<([^>]*)>, .*?, (\d+), (\d+)/.exec(line);
    if (write) {
      const ranges = pending.get(write[1]!) ?? [];
      ranges.push({ length: Number(write[2]), offset: Number(write[3]) });
      pending.set(write[1]!, ranges);
    }
    const sync = /f(?:data)?sync\(\d+<([^>]*)>(\)\s+= 0)?/.exec(line);
    if (sync?.[2]) pending.delete(sync[1]!);
    // Another thread's line came in between: it counts when it has come back.
    else if (sync) syncing.set(thread, sync[1]!);
    if (/f(?:data)?sync resumed>\)\s+= 0/.test(line)) pending.delete(syncing.get(thread)!);
  }
  return [...pending].map(([file, ranges]) => ({ file, ranges }));
}

test('power loss at random moments loses nothing on SQLite', { ...limit, skip }, async (context) => {
  const trace = join(tmpdir(), `countersign-trace-${process.pid}`);
  const calls = 'trace=pwrite64,fsync,fdatasync';
  const through = ['strace', '-D', '-f', '-y', '-qq', '-s', '0', '-e', calls, '-o', trace];
  await using server = await startServer({ engine: 'sqlite', through });
  const database = join(server.env.COUNTERSIGN_DATA!, 'countersign.db');
  const random = seeded(seed);
  const ledger = new Ledger();
  const people = await enrolPeople(server, 8);
  let lost = 0;
  for (let round = 0; round < Math.ceil(rounds / 4); round += 1) {
    await passAnHour(server);
    const places = () => ({ browser: server.at, phone: server.at });
    using load = startLoad(people, ledger, { workers: 8, random, places, goOn: false });
    await sleep(300 + random() * 900);
    await server.stop('SIGKILL');
    await load.done;
    // The tracer writes its last lines after the process is gone.
    for (
      let before = -1, after = 0;
      before !== after;
      before = after, after = (await readFile(trace)).length
    ) {
      await sleep(100);
    }
    for (const { file, ranges } of unsyncedIn(await readFile(trace, 'utf8'))) {
      if (!file.startsWith(database) || file.endsWith('-shm')) continue;
      lost += await overwrite(file, ranges);
    }
    // Shared memory does not survive a power loss.
    await rm(`${database}-shm`, { force: true });
    await server.restart();
    await check(server, people, ledger);
  }
  await server.stop();
  await rm(trace, { force: true });
  const { code, stdout } = await server.cli(['doctor']);
  assert.equal(code, 0, stdout);
  context.diagnostic(
    `${ledger.count} acknowledged writes, none lost; ${lost} bytes had not reached the disk`,
  );
});

async function overwrite(path: string, ranges: Unsynced['ranges']): Promise<number> {
  const file = await open(path, 'r+');
  try {
    let bytes = 0;
    const { size } = await file.stat();
    for (const { offset, length } of ranges) {
      if (offset + length > size) continue;
      await file.write(Buffer.alloc(length), 0, length, offset);
      bytes += length;
    }
    return bytes;
  } finally {
    await file.close();
  }
}
