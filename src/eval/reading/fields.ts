import type { Row } from './records.js';
import { invalid, kindOfValue } from './trouble.js';

/** The first of these fields that is there; null counts as absent. */
export function firstOf({ value }: Row, names: readonly string[]): { name: string; value: unknown } | null {
  const name = names.find((name) => Object.hasOwn(value, name) && value[name] !== null && value[name] !== undefined);
  return name === undefined ? null : { name, value: value[name] };
}

/** A text, where one of these fields is there. @throws MomError `input_invalid` for anything else in it */
export function textIn(row: Row, ...names: string[]): string | null {
  const found = firstOf(row, names);
  if (found === null) return null;
  if (typeof found.value === 'string') return found.value;
  throw invalid(row.where, `${found.name} must be a text, not ${kindOfValue(found.value)}`, `put ${found.name} in quotes`);
}

/** An id or a name: a text that is not empty, or a number. */
export function nameIn(row: Row, ...names: string[]): string | null {
  const found = firstOf(row, names);
  if (found === null) return null;
  if (typeof found.value === 'number') return String(found.value);
  if (typeof found.value !== 'string')
    throw invalid(row.where, `${found.name} must be a text or a number, not ${kindOfValue(found.value)}`, `put ${found.name} in quotes`);
  if (found.value.trim() === '') throw invalid(row.where, `${found.name} is empty`, `leave it out, or name it`);
  return found.value;
}

/** The same where it must be there. */
export function requiredName(row: Row, ...names: string[]): string {
  const name = nameIn(row, ...names);
  if (name === null) throw invalid(row.where, `has no ${names.join(' or ')}`, 'each line must say whom it is about');
  return name;
}

/** A number within bounds, where the field is there. */
export function numberIn(row: Row, name: string, least: number, most: number): number | null {
  const value = row.value[name] ?? null;
  if (value === null) return null;
  if (typeof value === 'number' && value >= least && value <= most) return value;
  const what = typeof value === 'number' ? String(value) : kindOfValue(value);
  const bound = most === Number.POSITIVE_INFINITY ? `not less than ${least}` : `from ${least} to ${most}`;
  throw invalid(row.where, `${name} must be a number ${bound}, not ${what}`, 'correct the line, or leave it out');
}
