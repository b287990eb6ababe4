/**
 * Bundles the agent into one file that runs on Node 18 and later, with nothing beside it: `dist/countersign-agent.mjs`.
 * `node apps/agent/build.ts [FOLDER]`
 */
import { chmodSync } from 'node:fs';
import { join } from 'node:path';

const name = 'countersign-agent.mjs';

/** Returns the path of the bundle. */
export async function buildAgent(folder = join(import.meta.dirname, 'dist')): Promise<string> {
  // Slow to load, and needed only here.
  const { build } = await import('vite');
  await build({
    root: import.meta.dirname,
    configFile: false,
    logLevel: 'warn',
    publicDir: false,
    ssr: { noExternal: true, target: 'node' },
    build: {
      ssr: join(import.meta.dirname, 'src/cli.ts'),
      target: 'node18',
      outDir: folder,
      emptyOutDir: false,
      minify: false,
      rolldownOptions: {
        output: { format: 'es', entryFileNames: name, codeSplitting: false, banner: '#!/usr/bin/env node' },
      },
    },
  });
  const bundle = join(folder, name);
  chmodSync(bundle, 0o755);
  return bundle;
}

if (import.meta.main) console.log(await buildAgent(process.argv[2]));
