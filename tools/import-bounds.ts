/**
 * Who may import whom: the table, and the check that holds the sources to it. Run by itself it reads the whole
 * repository and prints each violation. Tests (`*.test.ts`, `tests/`), `tools/` and `bench/` are free to import
 * what they like.
 */
import { globSync, readFileSync } from 'node:fs';
import { join, posix } from 'node:path';
import { parseSync } from 'vite';

/** The folders of `apps/server/src`. Each may import the rows below its own, and nothing of its own row. */
const serverRows: readonly (readonly string[])[] = [
  ['cli.ts', 'cli'],
  ['main.ts'],
  ['compose.ts', 'backup', 'keys', 'doctor.ts'],
  ['maintenance.ts', 'gauges.ts'],
  ['me', 'radius', 'admin'],
  ['saml', 'oidc', 'hosts'],
  ['setup', 'webhooks'],
  ['authentication'],
  ['sso'],
  ['push', 'otp', 'passkey', 'password', 'recovery'],
  ['authenticators'],
  ['policies'],
  ['policy', 'sessions', 'api-tokens'],
  ['applications', 'enrollment'],
  ['groups'],
  ['users'],
  ['mail'],
  ['settings'],
  ['events', 'diagnostics'],
  ['platform'],
];

/** Folders of the server that import nothing else of the server: pure functions of what they are given. */
const pure: readonly string[] = ['policy'];

/** What a workspace may import of the others. */
const workspaces: Readonly<Record<string, readonly string[]>> = {
  'packages/protocol': [],
  'packages/ui': ['packages/protocol'],
  'apps/server': ['packages/protocol'],
  'apps/agent': ['packages/protocol'],
  'apps/portal': ['packages/protocol', 'packages/ui'],
  'apps/admin': ['packages/protocol', 'packages/ui'],
  'apps/authenticator': ['packages/protocol', 'packages/ui'],
};

/** Workspaces that run in browsers. */
const inBrowsers = ['packages/protocol', 'packages/ui', 'apps/portal', 'apps/admin', 'apps/authenticator'];
/** Of those, the ones that take only types from `@countersign/protocol/wire`, so that no schema gets into a bundle. */
const faces = inBrowsers.filter((workspace) => workspace !== 'packages/protocol');

const mayImportFastify = /\/(routes|compose|main|cli)\.ts$|\/platform\/http\//;
const mayHoldSql = /\/store\.ts$|\/platform\/store\//;
/** Who may say that a person proved who they are: whoever claims a completed authentication, and nobody else. */
const mayAttest = 'apps/server/src/authentication/complete.ts';
const bannedFolder = /(^|\/)(utils?|helpers?|services?|common)\//;

interface Import {
  specifier: string;
  /** The imported names; empty for `import()` and for an import of effects. */
  names: (string | null | undefined)[];
  typeOnly: boolean;
}

/** Every violation in `files` (path from the root of the repository, source), a line each. */
export function findViolations(files: Iterable<readonly [path: string, source: string]>): string[] {
  return [...files].flatMap(([path, source]) => {
    if (bannedFolder.test(path)) return [`${path}: no folder is named utils, helpers, services or common`];
    const workspace = Object.keys(workspaces).find((folder) => path.startsWith(`${folder}/`));
    if (workspace === undefined || /\.test\.tsx?$/.test(path) || !path.includes('/src/')) return [];
    return importsOf(path, source).flatMap((found) => {
      const reason = problemOf(path, workspace, found);
      return reason === undefined ? [] : [`${path}: imports ${found.specifier}, but ${reason}`];
    });
  });
}

function problemOf(
  path: string,
  workspace: string,
  { specifier, names, typeOnly }: Import,
): string | undefined {
  const target = targetOf(path, specifier);
  if (target === undefined) {
    if (specifier.startsWith('node:') && inBrowsers.includes(workspace)) return 'it runs in browsers too';
    const isFastify = specifier === 'fastify' || specifier.startsWith('@fastify/');
    if (isFastify && !mayImportFastify.test(path))
      return 'only routes.ts, platform/http, compose, main and cli know Fastify';
    return undefined;
  }
  if (!target.startsWith(`${workspace}/`)) {
    const allowed = workspaces[workspace]!;
    if (!allowed.some((folder) => target.startsWith(`${folder}/`))) {
      return `${workspace} imports of ours only ${allowed.join(' and ') || 'itself'}`;
    }
    if (faces.includes(workspace) && specifier.endsWith('/wire') && !typeOnly)
      return 'a face takes only types from there';
    return undefined;
  }
  if (workspace !== 'apps/server') return undefined;
  if (
    target.includes('/platform/store/') &&
    !mayHoldSql.test(path) &&
    names.some((name) => name === 'statement')
  ) {
    return 'only a store.ts holds SQL';
  }
  if (names.includes('attest') && path !== mayAttest) return `only ${mayAttest} may attest`;
  return problemInServer(serverFolder(path), serverFolder(target));
}

function problemInServer(from: string, to: string): string | undefined {
  if (from === to) return undefined;
  if (pure.includes(from)) return `${from} imports nothing else of the server`;
  const [fromRow, toRow] = [from, to].map((name) => serverRows.findIndex((row) => row.includes(name)));
  if (fromRow === -1 || toRow === -1)
    return `${fromRow === -1 ? from : to} has no row in tools/import-bounds.ts`;
  return toRow! > fromRow! ? undefined : `${to} does not stand below ${from}`;
}

const serverFolder = (path: string) => path.slice('apps/server/src/'.length).split('/')[0]!;

/** The imported file or folder of ours, from the root of the repository; undefined for packages and Node's modules. */
function targetOf(path: string, specifier: string): string | undefined {
  if (specifier.startsWith('.')) return posix.join(posix.dirname(path), specifier);
  const ours = /^@countersign\/([^/]+)(.*)/.exec(specifier);
  if (ours === null) return undefined;
  const workspace = Object.keys(workspaces).find((folder) => folder.endsWith(`/${ours[1]}`));
  return `${workspace ?? `unknown/${ours[1]}`}${ours[2] || '/'}`;
}

function importsOf(path: string, source: string): Import[] {
  const { module, errors } = parseSync(path, source);
  if (errors[0]) throw new Error(`${path}: ${errors[0].message}`);
  const imports = module.staticImports.map(({ moduleRequest, entries }) => ({
    specifier: moduleRequest.value,
    names: entries.map((entry) => entry.importName.name),
    typeOnly: entries.length > 0 && entries.every((entry) => entry.isType),
  }));
  const reExports = module.staticExports.flatMap(({ entries }) =>
    entries.flatMap(({ moduleRequest, importName, isType }) =>
      moduleRequest ? [{ specifier: moduleRequest.value, names: [importName.name], typeOnly: isType }] : [],
    ),
  );
  const dynamicImports = module.dynamicImports.map(({ moduleRequest }) => ({
    specifier: source.slice(moduleRequest.start + 1, moduleRequest.end - 1),
    names: [],
    typeOnly: false,
  }));
  return [...imports, ...reExports, ...dynamicImports];
}

if (import.meta.main) {
  const root = join(import.meta.dirname, '..');
  const exclude = ['**/node_modules/**', '**/dist/**'];
  const paths = globSync('{packages,apps,tests,tools,bench}/**/*.{ts,tsx}', { cwd: root, exclude });
  const violations = findViolations(paths.map((path) => [path, readFileSync(join(root, path), 'utf8')]));
  console.log(violations.join('\n') || `${paths.length} files keep to the bounds`);
  process.exitCode = violations.length > 0 || paths.length === 0 ? 1 : 0;
}
