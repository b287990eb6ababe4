import assert from 'node:assert/strict';
import { globSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { test } from 'node:test';

/** docs/security.md names a test for each promise: each must be there, in the file that it names. */

const root = join(import.meta.dirname, '..');
const folders: Record<string, string> = {
  'f/': 'tests/flows/',
  'b/': 'tests/browser/',
  's/': 'apps/server/src/',
  'p/': 'packages/protocol/src/',
};
const whole = (file: string) => {
  const prefix = Object.keys(folders).find((each) => file.startsWith(each));
  return prefix === undefined ? file : folders[prefix]! + file.slice(prefix.length);
};
const read = (file: string) => readFileSync(join(root, file), 'utf8');

test('every test that docs/security.md quotes exists', () => {
  const everywhere = globSync(['tests/**/*.{test,spec}.ts', 'apps/**/*.test.ts', 'packages/**/*.test.ts'], {
    cwd: root,
    exclude: ['**/node_modules/**'],
  })
    .map(read)
    .join('\n');
  let quoted = 0;
  const missing: string[] = [];
  for (const line of read('docs/security.md')
    .split('\n')
    .filter((each) => each.startsWith('|'))) {
    const cell = line.split('|').at(-2)!;
    let file: string | undefined;
    // Vectors are found by the test that reads them all.
    for (const [, path, name] of cell.matchAll(/`([^`]+\.(?:test|spec)\.ts)`|“([^”]+)”/g)) {
      if (path !== undefined) {
        file = whole(path);
        if (globSync(file, { cwd: root }).length === 0) missing.push(file);
        continue;
      }
      quoted += 1;
      const text = name!.replace(/ ?…$/, '');
      const found = (file === undefined ? everywhere : read(file)).includes(text);
      if (!found) missing.push(`${file ?? 'any file'}: ${name}`);
    }
  }
  assert.ok(quoted > 100, `${quoted} names`);
  assert.deepEqual(missing, []);
});
