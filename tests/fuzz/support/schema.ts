/** JSON Schema, as far as the OpenAPI document uses it: as a source of values, and made strict for checking answers. */
import fc from 'fast-check';

export interface Schema {
  type?: 'object' | 'array' | 'string' | 'integer' | 'number' | 'boolean' | 'null';
  properties?: Record<string, Schema>;
  required?: string[];
  additionalProperties?: boolean;
  items?: Schema;
  uniqueItems?: boolean;
  minLength?: number;
  maxLength?: number;
  pattern?: string;
  format?: string;
  minimum?: number;
  maximum?: number;
  enum?: unknown[];
  const?: unknown;
  anyOf?: Schema[];
  allOf?: Schema[];
}

/** By the name of a member: values that mean something to the server, beside any that the schema allows. */
export type Hints = Record<string, readonly unknown[]>;

/** Values that the schema allows. @throws Error for a schema that is written in a way not known here. */
export function valuesOf(schema: Schema, hints: Hints = {}): fc.Arbitrary<unknown> {
  if ('const' in schema) return fc.constant(schema.const);
  if (schema.enum) return fc.constantFrom(...schema.enum);
  if (schema.anyOf) return fc.oneof(...schema.anyOf.map((each) => valuesOf(each, hints)));
  if (schema.allOf) {
    const parts = schema.allOf.map((each) => valuesOf(each, hints) as fc.Arbitrary<object>);
    return fc.tuple(...parts).map((values) => Object.assign({}, ...values) as object);
  }
  switch (schema.type) {
    case 'object':
      return objectsOf(schema, hints);
    case 'array':
      return fc.array(valuesOf(schema.items ?? {}, hints), { maxLength: 4 });
    case 'string':
      return stringsOf(schema);
    case 'integer':
      return fc.integer({ min: schema.minimum ?? -1000, max: schema.maximum ?? 1000 });
    case 'number':
      return fc.double({ min: schema.minimum, max: schema.maximum, noNaN: true });
    case 'boolean':
      return fc.boolean();
    case 'null':
      return fc.constant(null);
    case undefined:
      return fc.jsonValue({ maxDepth: 2 });
  }
}

function objectsOf({ properties = {}, required = [], additionalProperties }: Schema, hints: Hints) {
  if (Object.keys(properties).length === 0 && additionalProperties) {
    return fc.dictionary(fc.string({ maxLength: 8 }), fc.jsonValue({ maxDepth: 1 }), { maxKeys: 4 });
  }
  const members = Object.entries(properties).map(([name, member]) => {
    const values = valuesOf(member, hints);
    const known = hints[name];
    return [name, known ? fc.oneof({ weight: 3, arbitrary: fc.constantFrom(...known) }, values) : values];
  });
  return fc.record(Object.fromEntries(members) as Record<string, fc.Arbitrary<unknown>>, {
    requiredKeys: required.filter((name) => name in properties),
  });
}

function stringsOf({ minLength = 0, maxLength = 300, pattern, format }: Schema): fc.Arbitrary<string> {
  if (format === 'date-time') return fc.date({ noInvalidDate: true }).map((date) => date.toISOString());
  const fits = (text: string) => text.length >= minLength && text.length <= maxLength;
  if (pattern) return fc.stringMatching(new RegExp(pattern)).filter(fits);
  const atMost = Math.max(minLength, Math.min(maxLength, 40));
  return fc.oneof(
    fc.string({ minLength, maxLength: atMost }),
    fc
      .string({ unit: 'grapheme', minLength, maxLength: Math.max(minLength, Math.min(maxLength, 12)) })
      .filter(fits),
    // The longest that there may be.
    fc.constant('m'.repeat(maxLength)),
  );
}

/** The schema with no members allowed but those that it names: an answer must not let slip anything else. */
export function strict(schema: Schema): object {
  return { ...opened(schema), ...(closes(schema) ? { unevaluatedProperties: false } : {}) };
}

const closes = ({ type, properties, additionalProperties, allOf }: Schema): boolean =>
  allOf !== undefined ||
  (type === 'object' && !additionalProperties && Object.keys(properties ?? {}).length > 0);

/** Strict in all its parts, and itself open: as a part of `allOf` it must let the other parts be. */
function opened(schema: Schema): object {
  const { properties, items, anyOf, allOf, ...rest } = schema;
  return {
    ...rest,
    ...(properties && {
      properties: Object.fromEntries(
        Object.entries(properties).map(([name, member]) => [name, strict(member)]),
      ),
    }),
    ...(items && { items: strict(items) }),
    ...(anyOf && { anyOf: anyOf.map(strict) }),
    ...(allOf && { allOf: allOf.map(opened) }),
  };
}
