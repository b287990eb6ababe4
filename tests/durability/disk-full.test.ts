import assert from 'node:assert/strict';
import { execFileSync } from 'node:child_process';
import { mkdtempSync, rmSync, statfsSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { test } from 'node:test';
import { Browser } from '../support/browser.ts';
import { addPerson, begin, enrol, refused, signIn } from '../support/people.ts';
import { startServer } from '../support/server.ts';
import { check } from './checker.ts';
import { Ledger } from './ledger.ts';

/** A full disk: the server says so, goes on reading, loses nothing, and goes on writing once there is room. */
const folder = mkdtempSync(join(tmpdir(), 'countersign-disk-'));
const mounted = mountSmallDisk();
const skip = !mounted && 'a small file system can only be mounted as root, where the machine allows it';

function mountSmallDisk(): boolean {
  if (process.getuid?.() !== 0) return false;
  try {
    execFileSync('mount', ['-t', 'tmpfs', '-o', 'size=6m', 'tmpfs', folder], { stdio: 'ignore' });
    return true;
  } catch {
    return false;
  }
}

test(
  'a full disk: 503 with a time to come back, nothing lost, and on as before once there is room',
  { skip },
  async (context) => {
    context.after(() => {
      execFileSync('umount', ['-l', folder]);
      rmSync(folder, { recursive: true, force: true });
    });
    await using server = await startServer({ engine: 'sqlite', env: { COUNTERSIGN_DATA: folder } });
    await addPerson(server, 'fiona');
    const { browser, phone } = await enrol(server, 'fiona');
    await signIn(browser, phone, 'fiona');
    const ledger = new Ledger();
    const token = browser.cookies.get('countersign-session')!;
    const fiona = { login: 'fiona', browser, phone, session: { token, ended: false }, uncertain: false };

    const { bavail, bsize } = statfsSync(folder);
    const ballast = join(folder, 'ballast');
    writeFileSync(ballast, Buffer.alloc(bavail * bsize));
    // SQLite may have some room left in files that are there: it fills up by and by.
    let full: Awaited<ReturnType<Browser['post']>> | undefined;
    for (let tries = 0; tries < 500 && full?.status !== 503; tries += 1) {
      full = await new Browser(server.url).post('/api/v1/authentications', {
        purpose: 'portal_login',
        login: `nobody${tries}`,
        password: 'whatever it is',
      });
      if (full.status === 201) ledger.add(ledger.begun, (full.body as { id: string }).id);
      assert.ok([401, 503].includes(full.status), JSON.stringify(full.body));
    }
    refused(full!, 503, 'unavailable');
    assert.ok(Number(full!.headers.get('retry-after')) > 0);
    assert.equal((await browser.get('/api/v1/session')).status, 200, 'reading goes on');

    rmSync(ballast);
    const { id } = await begin(browser, 'fiona');
    ledger.add(ledger.begun, id);
    await check(server, [fiona], ledger);
    await server.restart();
    await check(server, [fiona], ledger);
    await server.stop();
    const { code, stdout } = await server.cli(['doctor']);
    assert.equal(code, 0, stdout);
  },
);
