import { parseDuration } from '../../core/duration.js';

/** How the text of an option becomes a value; null when the text is not accepted. */
export interface ValueKind<T = unknown> {
  parse(text: string): T | null;
  /** What is accepted, for the error message. */
  accepts: string;
  /** Where only these are: the nearest one is what was probably meant. */
  names?: readonly string[];
}

export const wholeNumber = (min: number): ValueKind<number> => ({
  parse: (text) => (/^\d+$/.test(text) && Number(text) >= min && Number.isSafeInteger(Number(text)) ? Number(text) : null),
  accepts: `a whole number of at least ${min}`,
});

export const wholeBetween = (min: number, max: number): ValueKind<number> => ({
  parse: (text) => (/^\d+$/.test(text) && Number(text) >= min && Number(text) <= max ? Number(text) : null),
  accepts: `a whole number from ${min} to ${max}`,
});

export const numberBetween = (min: number, max: number): ValueKind<number> => ({
  parse: (text) => (/^\d+(\.\d+)?$/.test(text) && Number(text) >= min && Number(text) <= max ? Number(text) : null),
  accepts: `a number from ${min} to ${max}`,
});

export const dollars: ValueKind<number> = {
  parse: (text) => (/^\$?\d+(\.\d+)?$/.test(text) ? Number(text.replace('$', '')) : null),
  accepts: 'US dollars such as 0.50',
};

/** Milliseconds. */
export const duration: ValueKind<number> = {
  parse: (text) => {
    const ms = parseDuration(text);
    return ms === 0 ? null : ms;
  },
  accepts: 'a duration with its unit such as 500ms, 30s, 5m or 1h',
};

/** Milliseconds, or `auto`. */
export const durationOrAuto: ValueKind<number | 'auto'> = {
  parse: (text) => (text === 'auto' ? 'auto' : parseDuration(text)),
  accepts: 'auto or a duration with its unit such as 500ms, 30s or 5m',
};

export const oneOf = (...names: string[]): ValueKind<string> => ({
  parse: (text) => (names.includes(text) ? text : null),
  names,
  accepts: names.length === 1 ? String(names[0]) : `${names.slice(0, -1).join(', ')} or ${names.at(-1)}`,
});

export const someText: ValueKind<string> = { parse: (text) => (text === '' ? null : text), accepts: 'a text that is not empty' };

export const assignment: ValueKind<string> = {
  parse: (text) => (/^[^=\s]+=/.test(text) ? text : null),
  accepts: 'path.to.option=value',
};

export const parameter: ValueKind<string> = {
  parse: (text) => (/^[A-Za-z_][\w-]*=/.test(text) ? text : null),
  accepts: 'name=value',
};

const DAY = 24 * 3_600_000;
const AGES: Readonly<Record<string, number>> = { m: 60_000, h: 3_600_000, d: DAY, w: 7 * DAY };

/** A point in time: so long ago, or a day at 0:00 UTC. */
export const timeAgo: ValueKind<Date> = {
  parse: (text) => {
    const [, count, unit = ''] = /^(\d+)([mhdw])$/.exec(text) ?? [];
    if (count !== undefined) return dateOrNull(Date.now() - Number(count) * (AGES[unit] ?? 0));
    return /^\d{4}-\d{2}-\d{2}$/.test(text) ? dateOrNull(Date.parse(`${text}T00:00:00Z`), text) : null;
  },
  accepts: 'an age such as 90m, 24h, 7d or 4w, or a date such as 2026-01-31',
};

/** Null for a time that no date can hold, and for a day that is in no calendar. */
function dateOrNull(ms: number, day?: string): Date | null {
  const date = new Date(ms);
  if (Number.isNaN(date.getTime())) return null;
  return day === undefined || date.toISOString().startsWith(day) ? date : null;
}
