/** What the fuzz tests are fed with: texts that nobody sane sends, and right ones with something changed. */
import fc from 'fast-check';

/** Characters that parsers, alphabets and case mappings have stumbled over. */
const oddCharacters = [
  ...Array.from('"\\{}[],:.-_=+/ ?#&%;~\0\t\n\r'),
  ...Array.from('ilouILOU019azAZ'),
  '\u0131', // dotless i, whose capital is I
  '\u0130',
  '\u017f', // long s, whose capital is S
  'ß',
  '\ufb00', // a ligature, whose capitals are two letters
  '\u212a', // the Kelvin sign, whose small letter is k
  '\u00a0',
  '\u2028',
  '\ufeff',
  '\u200b',
  'é',
  '０',
  '٣',
  '😀',
  '\ud800',
  '\udc00',
  '__proto__',
  'constructor',
  '\\u0000',
  '\\ud800',
  '1e400',
  '-0',
];

export const oddText: fc.Arbitrary<string> = fc.oneof(
  fc.string({ unit: 'binary', maxLength: 60 }),
  fc.string({ maxLength: 60 }),
  fc.array(fc.constantFrom(...oddCharacters), { maxLength: 30 }).map((pieces) => pieces.join('')),
);

/** Any JSON value, strange names and numbers among them. */
export const oddJson: fc.Arbitrary<unknown> = fc.oneof(
  fc.jsonValue({ maxDepth: 3 }),
  fc.jsonValue({ stringUnit: 'binary', maxDepth: 2 }),
  oddText,
  fc.constantFrom(null, true, 0, -0, 1e308, -1, 0.5, '', [], {}, { toString: null }, [[[]]]),
);

interface Edit {
  kind: 'replace' | 'insert' | 'delete' | 'repeat' | 'swap';
  at: number;
  length: number;
  text: string;
}

const edit: fc.Arbitrary<Edit> = fc.record({
  kind: fc.constantFrom('replace', 'insert', 'delete', 'repeat', 'swap'),
  at: fc.nat(),
  length: fc.integer({ min: 1, max: 5 }),
  text: fc.oneof(
    fc.constantFrom(...oddCharacters),
    fc.constantFrom(...Array.from('ABCDabcd0123-_.')),
    fc.string({ maxLength: 4 }),
  ),
});

function apply(text: string, { kind, at, length, text: given }: Edit): string {
  const start = text.length === 0 ? 0 : at % text.length;
  const [before, piece, after] = [
    text.slice(0, start),
    text.slice(start, start + length),
    text.slice(start + length),
  ];
  if (kind === 'insert') return before + given + piece + after;
  if (kind === 'delete') return before + after;
  if (kind === 'repeat') return before + piece + piece + after;
  if (kind === 'swap') return before + after.slice(0, length) + piece + after.slice(length);
  return before + given + text.slice(start + given.length);
}

/** One to three edits of a text; now and then they change nothing. */
export const editedText = (text: string): fc.Arbitrary<string> =>
  fc.array(edit, { minLength: 1, maxLength: 3 }).map((edits) => edits.reduce(apply, text));

/** Bytes with bits flipped, pieces cut out, or bytes put in; now and then they change nothing. */
export const editedBytes = (bytes: Uint8Array): fc.Arbitrary<Uint8Array<ArrayBuffer>> =>
  fc
    .array(
      fc.record({
        kind: fc.constantFrom('flip', 'flip', 'flip', 'set', 'insert', 'delete', 'truncate'),
        at: fc.nat(),
        value: fc.oneof(fc.constantFrom(0, 1, 0x7f, 0x80, 0xff), fc.nat(255)),
      }),
      { minLength: 1, maxLength: 3 },
    )
    .map((edits) => {
      let edited = [...bytes];
      for (const { kind, at, value } of edits) {
        const place = edited.length === 0 ? 0 : at % edited.length;
        if (kind === 'flip') edited[place] = (edited[place] ?? 0) ^ (1 << (value & 7));
        if (kind === 'set') edited[place] = value;
        if (kind === 'insert') edited.splice(place, 0, value);
        if (kind === 'delete') edited.splice(place, 1 + (value & 3));
        if (kind === 'truncate') edited = edited.slice(0, place);
      }
      return Uint8Array.from(edited);
    });

/** A JSON value with one of its members, at any depth, replaced or taken away. */
export function editedJson(value: object): fc.Arbitrary<object> {
  const paths = pathsOf(value);
  return fc
    .record({ path: fc.constantFrom(...paths), kind: fc.constantFrom('replace', 'remove'), by: oddJson })
    .map(({ path, kind, by }) => {
      const copy = structuredClone(value) as Record<string, unknown>;
      let holder = copy;
      for (const name of path.slice(0, -1)) holder = holder[name] as Record<string, unknown>;
      const name = path.at(-1)!;
      if (kind === 'remove') delete holder[name];
      else holder[name] = by;
      return copy;
    });
}

const pathsOf = (value: unknown): string[][] =>
  typeof value === 'object' && value !== null
    ? Object.entries(value).flatMap(([name, member]) => [
        [name],
        ...pathsOf(member).map((rest) => [name, ...rest]),
      ])
    : [];
