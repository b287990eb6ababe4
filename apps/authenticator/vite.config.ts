import react from '@vitejs/plugin-react';
import { createHash } from 'node:crypto';
import { join } from 'node:path';
import { build, defineConfig, type Plugin } from 'vite';
import { licences } from './tools/licences.ts';

const root = import.meta.dirname;

/**
 * Builds the service worker after the app, as one classic script of its own (every engine runs those), with the list of
 * the files that it must have for the app to open offline. The scanner is large, and kept afterwards.
 */
function serviceWorker(): Plugin {
  return {
    name: 'service-worker',
    apply: 'build',
    async writeBundle(_options, bundle) {
      const files = Object.keys(bundle).filter(
        (file) => /\.(js|css)$/.test(file) && !/(decode|reader)-/.test(file),
      );
      const scanner = Object.keys(bundle).filter((file) => /(decode|reader)-.*\.(js|wasm)$/.test(file));
      const precache = ['./', 'manifest.webmanifest', 'icon-192.png', 'licences.json', ...files];
      const version = createHash('sha256').update(files.sort().join()).digest('hex').slice(0, 12);
      await build({
        root,
        configFile: false,
        logLevel: 'warn',
        publicDir: false,
        define: {
          APP_FILES: JSON.stringify(precache),
          SCANNER_FILES: JSON.stringify(scanner),
          APP_VERSION: JSON.stringify(version),
        },
        build: {
          emptyOutDir: false,
          outDir: 'dist',
          lib: {
            entry: join(root, 'src/service-worker/sw.ts'),
            formats: ['iife'],
            name: 'sw',
            fileName: () => 'sw.js',
          },
        },
      });
    },
  };
}

/**
 * Whether the page needs a module before it shows anything: main.tsx imports it, itself or by others. All of those go into
 * one file: a phone opens one file faster than twenty.
 */
function isNeededAtOnce(
  id: string,
  importersOf: (id: string) => readonly string[],
  seen = new Set<string>(),
): boolean {
  if (id.endsWith('/src/main.tsx')) return true;
  if (seen.has(id)) return false;
  seen.add(id);
  return importersOf(id).some((importer) => isNeededAtOnce(importer, importersOf, seen));
}

export default defineConfig({
  root,
  base: '/authenticator/',
  plugins: [react(), licences(), serviceWorker()],
  build: {
    outDir: 'dist',
    manifest: true,
    // Android 8 with Chrome 111, iOS 16.4.
    target: ['chrome111', 'safari16.4', 'firefox115'],
    // A picture or the decoder inside the script would weigh on the first load, and data: is no source of scripts.
    assetsInlineLimit: 0,
    modulePreload: { polyfill: false },
    rolldownOptions: {
      output: {
        codeSplitting: {
          groups: [
            {
              debugName: 'app',
              // The entry itself stays what it is: the manifest knows the page by it.
              name: (id, context) =>
                !/\/main\.tsx$|\.html/.test(id) &&
                isNeededAtOnce(id, (each) => context.getModuleInfo(each)?.importers ?? [])
                  ? 'app'
                  : null,
            },
          ],
        },
      },
    },
  },
});
