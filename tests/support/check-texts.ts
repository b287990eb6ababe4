import assert from 'node:assert/strict';
import { globSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { test } from 'node:test';

/** Tests of a face's languages: what types cannot see of them. */

type Member = string | ((...values: unknown[]) => string) | readonly unknown[] | { [name: string]: Member };

function* leaves(texts: Member, path: string[] = []): Generator<[path: string[], value: Member]> {
  if (typeof texts === 'object' && !Array.isArray(texts)) {
    for (const [name, value] of Object.entries(texts)) yield* leaves(value as Member, [...path, name]);
  } else yield [path, texts];
}

/**
 * That they say something, and nothing that nobody shows. `folder` holds the face's sources, and `texts/languages` in it.
 * `translations`: members that another language has and English needs none of, since the server speaks it.
 */
export function checkTexts(folder: string, translations: RegExp = /^$/): void {
  const languages = globSync('texts/languages/*.ts', { cwd: folder });
  const load = async (file: string) =>
    ((await import(join(folder, file))) as { default: { [name: string]: Member } }).default;

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
      languages.map(async (file) =>
        [...leaves(await load(file))]
          .map(([path]) => path.join('.'))
          .filter((path) => !translations.test(path))
          .sort(),
      ),
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
    const stands = (name: string) => new RegExp(`(\\.|'|\\{ |, )${name}\\b`).test(sources);
    const unused = [...leaves(await load('texts/languages/en.ts'))]
      .map(([path]) => path)
      // Deeper ones are looked up by what comes from elsewhere: the protocol's codes, formats, articles.
      .filter((path) => path.length === 2 && !stands(path[1]!))
      .map((path) => path.join('.'));
    assert.deepEqual(unused, []);
  });
}
