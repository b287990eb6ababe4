import assert from 'node:assert/strict';
import { execFileSync } from 'node:child_process';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { test } from 'node:test';
import { setTimeout as sleep } from 'node:timers/promises';
import { startServer } from '../support/server.ts';
import { check, passAnHour } from './checker.ts';
import { Ledger } from './ledger.ts';
import { seeded, startLoad } from './load.ts';
import { enrolPeople } from './people.ts';
import { limit, rounds, seed } from './rounds.ts';

/**
 * Power loss with the file system in it: the data lies on a disk in a file. After a kill the file is copied as it is, with
 * what the file system had not written yet missing, and the server goes on from the copy.
 */
const folder = mkdtempSync(join(tmpdir(), 'countersign-power-'));
const mountPoint = join(folder, 'disk');
const image = join(folder, 'image');
const skip = !makeDisk() && 'a disk in a file can only be mounted as root, where the machine allows it';

function run(program: string, ...parameters: string[]): void {
  execFileSync(program, parameters, { stdio: 'ignore' });
}

function makeDisk(): boolean {
  if (process.getuid?.() !== 0) return false;
  try {
    run('truncate', '-s', '128M', image);
    run('mkfs.ext4', '-q', '-F', image);
    run('mkdir', mountPoint);
    run('mount', '-o', 'loop', image, mountPoint);
    return true;
  } catch {
    return false;
  }
}

test(
  'a disk that loses what was not written to it loses nothing that was acknowledged',
  { ...limit, skip },
  async (context) => {
    context.after(() => {
      run('umount', '-l', mountPoint);
      rmSync(folder, { recursive: true, force: true });
    });
    await using server = await startServer({ engine: 'sqlite', env: { COUNTERSIGN_DATA: mountPoint } });
    const random = seeded(seed);
    const ledger = new Ledger();
    const people = await enrolPeople(server, 8);
    for (let round = 0; round < Math.ceil(rounds / 4); round += 1) {
      await passAnHour(server);
      const places = () => ({ browser: server.at, phone: server.at });
      using load = startLoad(people, ledger, { workers: 8, random, places, goOn: false });
      await sleep(300 + random() * 900);
      await server.stop('SIGKILL');
      run('cp', '--sparse=always', image, `${image}.after`);
      await load.done;
      run('umount', mountPoint);
      run('mv', `${image}.after`, image);
      run('mount', '-o', 'loop', image, mountPoint);
      await server.restart();
      await check(server, people, ledger);
    }
    await server.stop();
    const { code, stdout } = await server.cli(['doctor']);
    assert.equal(code, 0, stdout);
    context.diagnostic(`${ledger.count} acknowledged writes, none lost`);
  },
);
