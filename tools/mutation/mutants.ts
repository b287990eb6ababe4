/**
 * Small defects for `tools/mutate.ts` to plant: each mutant is one change of one place of a source, such as `<` for `<=`.
 * A test suite that is worth its name fails for every one that changes what the program does.
 */
import { parseSync } from 'vite';

export interface Mutant {
  /** From the root of the repository. */
  file: string;
  /** Both counted from 1. */
  line: number;
  column: number;
  /** Where in the source, in UTF-16 code units. */
  start: number;
  end: number;
  operator: string;
  before: string;
  after: string;
}

type Node = { type: string; start: number; end: number } & Record<string, unknown>;

const swaps: Record<string, string> = {
  '<': '<=',
  '<=': '<',
  '>': '>=',
  '>=': '>',
  '===': '!==',
  '!==': '===',
  '&&': '||',
  '||': '&&',
  '+': '-',
  '-': '+',
  '*': '/',
  '/': '*',
  '%': '*',
  '**': '*',
  '&': '|',
  '|': '&',
  '^': '&',
  '<<': '>>',
  '>>': '<<',
};
const methodSwaps: Record<string, string> = { some: 'every', every: 'some', min: 'max', max: 'min' };
/** Members whose texts are documentation. */
const documentation = new Set(['summary', 'description', 'tags']);

/** Every mutant of a source, in the order of their places. */
export function findMutants(file: string, source: string): Mutant[] {
  const { program, errors } = parseSync(file, source);
  if (errors[0]) throw new Error(`${file}: ${errors[0].message}`);
  const mutants: Mutant[] = [];
  const plant = (operator: string, { start, end }: { start: number; end: number }, after: string) => {
    const lines = source.slice(0, start).split('\n');
    const place = { line: lines.length, column: lines.at(-1)!.length + 1 };
    mutants.push({ file, ...place, start, end, operator, before: source.slice(start, end), after });
  };
  visit(program as unknown as Node, (node) => plantIn(node, source, plant));
  return mutants.sort((a, b) => a.start - b.start);
}

/** The source with the mutant in it. */
export const withMutant = (source: string, { start, end, after }: Mutant): string =>
  source.slice(0, start) + after + source.slice(end);

function plantIn(
  node: Node,
  source: string,
  plant: (operator: string, place: { start: number; end: number }, after: string) => void,
): void {
  const text = (part: Node) => source.slice(part.start, part.end);
  const test = node.test as Node | null | undefined;
  if (test && node.type !== 'SwitchCase') plant('condition negated', test, `!(${text(test)})`);
  switch (node.type) {
    case 'BinaryExpression':
    case 'LogicalExpression': {
      const { left, right, operator } = node as unknown as { left: Node; right: Node; operator: string };
      const swapped = swaps[operator];
      if (swapped === undefined || (operator === '+' && (isText(left) || isText(right)))) break;
      // Between the two there is the operator, and at most brackets and comments.
      const between = source.slice(left.end, right.start);
      const start = left.end + between.indexOf(operator);
      plant(`${operator} to ${swapped}`, { start, end: start + operator.length }, swapped);
      break;
    }
    case 'UnaryExpression': {
      const argument = node.argument as Node;
      if (node.operator === '!') plant('! removed', node, text(argument));
      if (node.operator === '-') plant('- removed', node, text(argument));
      break;
    }
    case 'MemberExpression': {
      const property = node.property as Node & { name?: string };
      const swapped = node.computed ? undefined : methodSwaps[property.name ?? ''];
      if (swapped) plant(`${property.name} to ${swapped}`, property, swapped);
      break;
    }
    case 'Literal':
      if (typeof node.value === 'boolean') plant('boolean', node, String(!node.value));
      if (typeof node.value === 'number') plant('number', node, String(node.value + 1));
      // What has a blank in it is a sentence for people.
      if (typeof node.value === 'string' && !/\s/.test(node.value)) {
        plant('string', node, node.value === '' ? "'mutant'" : "''");
      }
      break;
    case 'ExpressionStatement':
    case 'ThrowStatement':
      plant('statement removed', node, '{}');
      break;
    case 'ReturnStatement':
      if (!node.argument) plant('statement removed', node, '{}');
      break;
  }
}

const isText = (node: Node): boolean =>
  node.type === 'TemplateLiteral' || (node.type === 'Literal' && typeof node.value === 'string');

/** Calls `look` for each node that is there when the program runs: no types, no imports. */
function visit(node: Node, look: (node: Node) => void): void {
  const isWrapper = ['TSAsExpression', 'TSSatisfiesExpression', 'TSNonNullExpression'].includes(node.type);
  if (isWrapper) return visit(node.expression as Node, look);
  if (node.type.startsWith('TS') || node.type.startsWith('Import') || node.type === 'ExportAllDeclaration')
    return;
  look(node);
  for (const [name, value] of Object.entries(node)) {
    // Names of members are no texts, and a re-export has a source.
    if ((name === 'key' && !node.computed) || name === 'source' || name === 'typeAnnotation') continue;
    if (node.type === 'Property' && documentation.has((node.key as { name?: string }).name ?? '')) continue;
    for (const child of Array.isArray(value) ? (value as unknown[]) : [value]) {
      if (isNode(child)) visit(child, look);
    }
  }
}

const isNode = (value: unknown): value is Node =>
  typeof value === 'object' && value !== null && typeof (value as Node).type === 'string';

/** So many of the items, which ones by the seed alone (a linear congruential shuffle), in their former order. */
export function sample<T>(items: readonly T[], count: number, seed: number): T[] {
  let state = seed >>> 0;
  const next = () => (state = (Math.imul(state, 1_664_525) + 1_013_904_223) >>> 0) / 2 ** 32;
  const order = items.map((_, index) => index);
  for (let last = order.length - 1; last > 0; last -= 1) {
    const other = Math.floor(next() * (last + 1));
    [order[last], order[other]] = [order[other]!, order[last]!];
  }
  return order
    .slice(0, count)
    .sort((a, b) => a - b)
    .map((index) => items[index]!);
}
