/**
 * Builds the faces whose sources changed since their last build, and compresses their files beside themselves.
 * Says a line for each face built, and nothing where nothing changed.
 */
import './demand-node.cjs';
import { createHash } from 'node:crypto';
import { existsSync, globSync, readFileSync, writeFileSync } from 'node:fs';
import { readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { brotliCompress, constants, gzip } from 'node:zlib';

const root = join(import.meta.dirname, '..');
const faces = ['portal', 'admin', 'authenticator'];
const alsoBuiltFrom = ['packages/ui', 'packages/protocol/src', 'package-lock.json', 'tools/build-faces.ts'];
const compressed = /\.(js|css|html|svg|webmanifest|json|wasm)$/;
/** The server fills a nonce into these at each serving. */
const rewritten = /(^|\/)index\.html$/;

for (const face of faces) {
  const folder = join(root, 'apps', face);
  if (!existsSync(join(folder, 'index.html'))) continue;
  const mark = join(folder, 'dist', '.built-from');
  const sources = hashOf([`apps/${face}`, ...alsoBuiltFrom]);
  if (existsSync(mark) && readFileSync(mark, 'utf8') === sources) continue;
  const began = performance.now();
  try {
    await build(folder);
  } catch (error) {
    console.error(`Building apps/${face} failed.`, error instanceof Error ? error.message : error);
    process.exit(1);
  }
  await compress(join(folder, 'dist'));
  // Last, so that a build that broke off is done again.
  writeFileSync(mark, sources);
  console.log(`Built apps/${face} in ${((performance.now() - began) / 1000).toFixed(1)} s`);
}

async function build(folder: string): Promise<void> {
  // Slow to load, and needed only here.
  const vite = await import('vite');
  await vite.build({
    root: folder,
    logLevel: 'warn',
    // The manifest is what tools/sizes.ts reads.
    build: { outDir: 'dist', emptyOutDir: true, manifest: true },
  });
}

async function compress(dist: string): Promise<void> {
  const files = globSync('**/*', { cwd: dist }).filter(
    (path) => compressed.test(path) && !rewritten.test(path),
  );
  await Promise.all(
    files.map(async (path) => {
      const file = join(dist, path);
      const content = await readFile(file);
      const params = { [constants.BROTLI_PARAM_SIZE_HINT]: content.length };
      await writeFile(`${file}.br`, await promisify(brotliCompress)(content, { params }));
      await writeFile(`${file}.gz`, await promisify(gzip)(content, { level: 9 }));
    }),
  );
}

/** Of the names and the contents of all files below `paths`, but for what builds and tests leave there. */
function hashOf(paths: string[]): string {
  const hash = createHash('sha256');
  const exclude = ['**/node_modules/**', '**/dist/**', '**/*.test.*'];
  const files = paths.flatMap((path) =>
    globSync([path, `${path}/**/*`], { cwd: root, exclude, withFileTypes: true }),
  );
  for (const file of files.filter((entry) => entry.isFile())) {
    const path = join(file.parentPath, file.name);
    const content = readFileSync(path);
    hash.update(`${path.slice(root.length)}\0${content.length}\0`).update(content);
  }
  return hash.digest('hex');
}
