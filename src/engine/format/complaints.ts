import type { OutputUnit } from '@cfworker/json-schema';

/** So many things that are wrong are told at most, each in so many characters: a model has to read them. */
const MOST = 10;
const LONGEST = 200;

/** Say only that something inside them is wrong, which is told as well. */
const OUTER: ReadonlySet<string> = new Set([
  '$ref',
  '$recursiveRef',
  'additionalItems',
  'additionalProperties',
  'allOf',
  'else',
  'if',
  'items',
  'patternProperties',
  'prefixItems',
  'properties',
  'then',
  'unevaluatedItems',
  'unevaluatedProperties',
]);

/** What is wrong with a value and where, for people and models: `at /items/0/price: must be a number, is a string`. */
export function complaintsOf(units: readonly OutputUnit[], value: unknown): string[] {
  const inner = units.filter((unit) => !OUTER.has(unit.keyword));
  const lines = (inner.length > 0 ? inner : units).map((unit) => `at ${placeOf(unit)}: ${wordsFor(unit, value)}`);
  return [...new Set(lines)].slice(0, MOST).map(shortened);
}

function shortened(line: string): string {
  return line.length <= LONGEST ? line : `${line.slice(0, LONGEST - 1)}…`;
}

/** `/items/0`, from `#/items/0`. */
function placeOf({ instanceLocation }: OutputUnit): string {
  const pointer = instanceLocation.replace(/^#/, '');
  return pointer === '' ? 'the top' : decoded(pointer);
}

function decoded(pointer: string): string {
  try {
    return decodeURIComponent(pointer);
  } catch {
    return pointer;
  }
}

function wordsFor({ keyword, error, instanceLocation }: OutputUnit, value: unknown): string {
  const [, is, must] = /^Instance type "(\w+)" is invalid\. Expected "(.+)"\.$/.exec(error) ?? [];
  if (keyword === 'type' && is !== undefined && must !== undefined) return `must be ${must.replaceAll('", "', ' or ')}, is ${is}`;
  if (keyword === 'required') return error.replace(/^.*required property (".*")\.$/s, 'lacks the property $1');
  if (keyword === 'false') return instanceLocation === '#' && value !== undefined ? 'nothing is allowed here' : 'must not be there';
  return `${error.slice(0, 1).toLowerCase()}${error.slice(1).replace(/\.$/, '')}`;
}
