/** What the OpenAPI document promises, and whether an answer keeps to it. */
import { Ajv2020, type ValidateFunction } from 'ajv/dist/2020.js';
import assert from 'node:assert/strict';
import { errors } from '@countersign/protocol';
import { strict, type Schema } from './schema.ts';

interface Content {
  content?: Record<string, { schema: Schema }>;
}

export interface Operation {
  method: string;
  /** With `{id}` in it. */
  path: string;
  parameters?: { in: 'path' | 'query'; name: string; required?: boolean; schema: Schema }[];
  requestBody?: Required<Content>;
  responses: Record<string, Content>;
}

export interface Document {
  paths: Record<string, Record<string, Omit<Operation, 'method' | 'path'>>>;
}

export const operationsOf = ({ paths }: Document): Operation[] =>
  Object.entries(paths).flatMap(([path, methods]) =>
    Object.entries(methods).map(([method, operation]) => ({
      ...operation,
      path,
      method: method.toUpperCase(),
    })),
  );

export const bodySchemaOf = ({ requestBody }: Operation): Schema | undefined =>
  requestBody && Object.values(requestBody.content)[0]!.schema;

const checker = new Ajv2020({
  strict: false,
  formats: { 'date-time': /^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d(\.\d+)?Z$/ },
});
const validators = new Map<Schema, ValidateFunction>();

function demandForm(schema: Schema, value: unknown, what: string): void {
  const validate = validators.get(schema) ?? checker.compile(strict(schema));
  validators.set(schema, validate);
  assert.ok(validate(value), `${what}: ${checker.errorsText(validate.errors)} in ${JSON.stringify(value)}`);
}

export interface Answered {
  status: number;
  contentType: string;
  /** Parsed where it is JSON. */
  body: unknown;
}

/** Lines of JSON are none. */
export const isJson = (contentType: string): boolean => /[/+]json(;|$)/.test(contentType);

/** Throws where an answer is no promised one: a 5xx, a status or form that is not documented, a code that nobody knows. */
export function demandPromised(operation: Operation, { status, contentType, body }: Answered): void {
  const what = `${operation.method} ${operation.path} answered ${status}`;
  assert.ok(status < 500, `${what}: ${JSON.stringify(body)}`);
  const promised = operation.responses[status] ?? operation.responses[`${Math.floor(status / 100)}XX`];
  assert.ok(promised, `${what}, which is not in the document: ${JSON.stringify(body)}`);
  const schema = Object.values(promised.content ?? {})[0]?.schema;
  // Where a person comes with a browser, a refusal is a page; what no page can be made of is a problem there too.
  const isForPeople = 'text/html' in (promised.content ?? {});
  if (status >= 400 && !(isForPeople && contentType.startsWith('text/html'))) {
    assert.match(contentType, /^application\/problem\+json/, what);
    const { code, status: told } = body as { code: keyof typeof errors; status: number };
    assert.ok(Object.hasOwn(errors, code), `${what} with the code ${code}`);
    assert.deepEqual([told, errors[code][0]], [status, status], `${what} with the code ${code}`);
  }
  if (isJson(contentType) && schema && !isForPeople) demandForm(schema, body, what);
  if (status === 204) assert.equal(body, '', what);
}
