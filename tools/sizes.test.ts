import assert from 'node:assert/strict';
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { randomBytes } from 'node:crypto';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { test } from 'node:test';
import { firstLoad, measure, type Manifest } from './sizes.ts';

const manifest: Manifest = {
  'index.html': {
    file: 'assets/index.js',
    imports: ['_react.js', '_shared.js'],
    dynamicImports: ['src/scan.tsx'],
  },
  '_react.js': { file: 'assets/react.js' },
  '_shared.js': { file: 'assets/shared.js', imports: ['_react.js', 'index.html'] },
  'src/scan.tsx': { file: 'assets/scan.js', imports: ['_zxing.js'] },
  '_zxing.js': { file: 'assets/zxing.js' },
  'style.css': { file: 'assets/style.css' },
};

test('the first load is the entry and its static imports, each once, without the lazy chunks', () => {
  assert.deepEqual(firstLoad(manifest, ['index.html']), [
    'assets/index.js',
    'assets/react.js',
    'assets/shared.js',
  ]);
});

test('a lazy chunk that the page asks for at once can be named', () => {
  const files = firstLoad(manifest, ['index.html', 'src/scan.tsx']);
  assert.ok(files.includes('assets/scan.js') && files.includes('assets/zxing.js'));
});

test('styles do not count', () => assert.deepEqual(firstLoad(manifest, ['style.css']), []));

test('an entry that the manifest does not have is an error', () => {
  assert.throws(() => firstLoad(manifest, ['src/main.tsx']), /no src\/main\.tsx/);
});

test('the budget breaks above its limit and not below', (context) => {
  const root = mkdtempSync(join(tmpdir(), 'countersign-sizes-'));
  context.after(() => rmSync(root, { recursive: true }));
  const face = join(root, 'apps/authenticator');
  mkdirSync(join(face, 'dist/.vite'), { recursive: true });
  writeFileSync(join(face, 'index.html'), '');
  writeFileSync(
    join(face, 'dist/.vite/manifest.json'),
    JSON.stringify({ 'index.html': { file: 'index.js' } }),
  );
  writeFileSync(join(face, 'dist/index.js'), randomBytes(110_000));
  assert.equal(measure(root).kept, true);
  writeFileSync(join(face, 'dist/index.js'), randomBytes(121_000));
  const { kept, lines } = measure(root);
  assert.equal(kept, false);
  assert.match(lines.join(), /121\.\d KB in 1 files, at most 120 KB: too much/);
});
