/** The OpenAPI document (3.1), as far as this page reads it, and what it says in words. */

export interface Schema {
  type?: string;
  enum?: unknown[];
  anyOf?: Schema[];
  allOf?: Schema[];
  items?: Schema;
  properties?: Record<string, Schema>;
  required?: string[];
  format?: string;
  minLength?: number;
  maxLength?: number;
  minimum?: number;
  maximum?: number;
  minItems?: number;
  maxItems?: number;
}

type Content = Record<string, { schema: Schema }>;

export interface Operation {
  summary?: string;
  description?: string;
  tags?: string[];
  parameters?: { in: string; name: string; required?: boolean; schema: Schema }[];
  requestBody?: { content: Content };
  responses: Record<string, { content?: Content }>;
  security?: Record<string, string[]>[];
}

export interface ApiDocument {
  paths: Record<string, Record<string, Operation>>;
}

/** One call: an operation with its method, such as `GET`, and its path. */
export interface ApiCall extends Operation {
  method: string;
  path: string;
}

/** The calls by their tag, in the order of the document; with `q` those that have each of its words in address or summary. */
export function callsByTag({ paths }: ApiDocument, q = ''): [tag: string, calls: ApiCall[]][] {
  const words = q.toLowerCase().split(/\s+/);
  const byTag = new Map<string, ApiCall[]>();
  for (const [path, methods] of Object.entries(paths)) {
    for (const [method, operation] of Object.entries(methods)) {
      const call = { ...operation, method: method.toUpperCase(), path };
      const text = `${call.method} ${path} ${operation.summary ?? ''}`.toLowerCase();
      if (!words.every((word) => text.includes(word))) continue;
      const tag = operation.tags?.[0] ?? 'Others';
      byTag.set(tag, [...(byTag.get(tag) ?? []), call]);
    }
  }
  return [...byTag];
}

/** What a call wants of whoever makes it; undefined where the document names nothing. */
export function needOf({ security }: Operation): string | undefined {
  const scopes = (security ?? []).flatMap((way) => way['api_token'] ?? []);
  if (scopes.length > 0) return `An API token with the scope ${scopes.join(', ')}, or a session here`;
  if (security?.some((way) => 'admin_session' in way)) return 'A session of the Admin Portal';
  return security?.length === 0 ? 'Nothing' : undefined;
}

/** The first schema of a body; undefined where there is none. */
export const schemaOf = (content: Content | undefined): Schema | undefined =>
  content && Object.values(content)[0]?.schema;

const indent = (text: string): string => text.replaceAll('\n', '\n  ');

/** A schema as TypeScript would write the type, with its bounds behind it: `name?: string (1 to 100 characters)`. */
export function schemaInWords(schema: Schema): string {
  if (schema.enum) return schema.enum.map((value) => JSON.stringify(value)).join(' | ');
  if (schema.anyOf) return schema.anyOf.map(schemaInWords).join(' | ');
  if (schema.allOf) return schema.allOf.map(schemaInWords).join(' & ');
  if (schema.items) {
    const item = schemaInWords(schema.items);
    return `${item.includes(' | ') ? `(${item})` : item}[]${boundsOf(schema)}`;
  }
  if (schema.properties) {
    const members = Object.entries(schema.properties).map(
      ([name, member]) =>
        `${name}${schema.required?.includes(name) ? '' : '?'}: ${indent(schemaInWords(member))}`,
    );
    return members.length === 0 ? '{}' : `{\n  ${members.join('\n  ')}\n}`;
  }
  return `${schema.format ?? schema.type ?? 'anything'}${boundsOf(schema)}`;
}

function boundsOf({ minLength, maxLength, minimum, maximum, minItems, maxItems }: Schema): string {
  const found = [
    between(minLength, maxLength, ' characters'),
    between(minimum, maximum, ''),
    between(minItems, maxItems, ' items'),
  ].filter((words) => words !== '');
  return found.length > 0 ? ` (${found.join(', ')})` : '';
}

function between(least: number | undefined, most: number | undefined, unit: string): string {
  if (least !== undefined && most !== undefined) return `${least} to ${most}${unit}`;
  if (most !== undefined) return `at most ${most}${unit}`;
  return least === undefined ? '' : `at least ${least}${unit}`;
}
