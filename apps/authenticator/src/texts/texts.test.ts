import assert from 'node:assert/strict';
import { globSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { test } from 'node:test';
import { pickLanguage } from './texts.ts';

/** What types cannot see of the languages: that they say something, and nothing that nobody shows. */

const folder = join(import.meta.dirname, '..');
const languages = globSync('languages/*.ts', { cwd: import.meta.dirname });

type Member = string | ((...values: unknown[]) => string) | readonly unknown[] | { [name: string]: Member };

function* leaves(texts: Member, path: string[] = []): Generator<[path: string[], value: Member]> {
  if (typeof texts === 'object' && !Array.isArray(texts)) {
    for (const [name, value] of Object.entries(texts)) yield* leaves(value as Member, [...path, name]);
  } else yield [path, texts];
}

const load = async (file: string) =>
  ((await import(join(import.meta.dirname, file))) as { default: { [name: string]: Member } }).default;

for (const file of languages) {
  test(`${file} has a word for everything, and the numbers and names that it is given are in it`, async () => {
    for (const [path, value] of leaves(await load(file))) {
      const said = typeof value === 'function' ? value('⟨1⟩', '⟨2⟩') : value;
      for (const text of Array.isArray(said) ? said : [said]) {
        assert.match(String(text), /\S|^, |^ /, path.join('.'));
      }
    }
  });
}

test('every language has the same members, down to the last', async () => {
  const paths = await Promise.all(
    languages.map(async (file) => [...leaves(await load(file))].map(([path]) => path.join('.')).sort()),
  );
  assert.ok(paths.length >= 2);
  for (const each of paths) assert.deepEqual(each, paths[0]);
});

test('no text is there that no screen shows', async () => {
  const sources = globSync('**/*.{ts,tsx}', { cwd: folder })
    .filter((file) => !file.startsWith('texts/'))
    .map((file) => readFileSync(join(folder, file), 'utf8'))
    .join('\n');
  // An area may go by a shorter name, or a member be chosen by a state: its name stands somewhere, at least.
  const stands = (name: string) => new RegExp(`(\\.|'|\\{ )${name}\\b`).test(sources);
  const unused = [...leaves(await load('languages/en.ts'))]
    .map(([path]) => path)
    // Deeper ones are looked up by what comes from elsewhere: the protocol's codes, formats, articles.
    .filter((path) => path.length === 2 && !stands(path[1]))
    .map((path) => path.join('.'));
  assert.deepEqual(unused, []);
});

test('the first of the person’s languages that there is', () => {
  const there = ['de', 'en', 'pt-BR'];
  assert.equal(pickLanguage(['de-AT', 'en'], there), 'de');
  assert.equal(pickLanguage(['fr', 'de'], there), 'de');
  assert.equal(pickLanguage(['pt-BR'], there), 'pt-BR');
  assert.equal(pickLanguage(['fr'], there), 'en');
  assert.equal(pickLanguage([], there), 'en');
});
