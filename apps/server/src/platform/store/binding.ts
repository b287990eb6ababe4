import { parameter, type Parameters, type Statement, type Value } from './store.ts';

/**
 * The values of `parameters` in the order of `statement.names`. Throws a TypeError where one is missing, has no
 * place in the text, or is nothing that both engines store alike.
 */
export function bind(statement: Statement, parameters: Parameters): Value[] {
  const given = Object.keys(parameters).length;
  const values = statement.names.map((name) => {
    if (!Object.hasOwn(parameters, name)) throw misuse(`parameter :${name} is missing`, statement);
    const value: unknown = parameters[name];
    if (value === null || typeof value === 'number' || typeof value === 'string') {
      if (Number.isNaN(value) || value === Infinity || value === -Infinity) {
        throw misuse(`parameter :${name} is ${value}`, statement);
      }
      // PostgreSQL has no such character in a TEXT, SQLite ends some results at it.
      if (typeof value === 'string' && value.includes('\0')) {
        throw misuse(`parameter :${name} holds U+0000`, statement);
      }
      return value;
    }
    throw misuse(`parameter :${name} is of type ${typeof value}: bind a string, a number or null`, statement);
  });
  if (given !== values.length) {
    const extra = Object.keys(parameters).filter((name) => !statement.names.includes(name));
    throw misuse(`the text has no parameter :${extra.join(', :')}`, statement);
  }
  return values;
}

/** The text with `$1` (or `?1`) for the first name, and so on, as {@link bind} orders the values. */
export const numbered = ({ text, names }: Statement, mark: '$' | '?'): string =>
  text.replace(parameter, (_, name: string) => `${mark}${names.indexOf(name) + 1}`);

function misuse(what: string, statement: Statement): TypeError {
  return new TypeError(`${what}, in: ${statement.text.trim()}`);
}
