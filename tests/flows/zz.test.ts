import { test } from 'node:test';
import { forEachEngine } from '../support/engines.ts';
import { startServer } from '../support/server.ts';
forEachEngine((engine) => { test('ready', async () => { await using server = await startServer({ engine }); await fetch(server.url); }); test('bad', () => { throw new Error('x'); }); test.skip('s', () => {}); });
