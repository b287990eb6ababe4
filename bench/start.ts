import { execFileSync } from 'node:child_process';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { median, type Figure } from './figures.ts';
import { startServer } from './processes.ts';

/** How soon the server is ready, with built faces and a warm compile cache, and what it holds when nothing happens. */

const starts = 9;

export async function measureStart(): Promise<Figure[]> {
  execFileSync(process.execPath, [join(import.meta.dirname, '../tools/build-faces.ts')], { stdio: 'ignore' });
  const data = mkdtempSync(join(tmpdir(), 'countersign-bench-start-'));
  const times: number[] = [];
  let idle = 0;
  try {
    for (let start = -1; start < starts; start += 1) {
      await using server = await startServer({ data });
      if (start >= 0) times.push(server.readyAfter);
      if (start < starts - 1) continue;
      await sleep(10_000);
      idle = server.memory();
    }
  } finally {
    rmSync(data, { recursive: true });
  }
  return [
    {
      name: 'from start to ready',
      value: median(times),
      unit: 'ms',
      samples: times,
      target: { atMost: 600 },
    },
    { name: 'idle memory', value: idle / 2 ** 20, unit: 'MB', target: { atMost: 120 } },
  ];
}
