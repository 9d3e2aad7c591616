import stringWidth from 'string-width';
import type { KeyRow } from '../../app/keys/keys.js';
import { sanitize } from './sanitize.js';
import { wrapped } from './table.js';

export interface ListedKeys {
  rows: readonly KeyRow[];
  /** The key of `mom serve --auth`. */
  serve: { isKept: boolean; file: string; trouble: string | null };
}

/** A provider, or the gateway. */
interface Entry {
  name: string;
  key: string;
  /** Where the key comes from, or how to get one. */
  place: string;
  /** About a key that is not used. */
  note: string | null;
}

/**
 * One line for each provider and the gateway: name, key, where it comes from; lines below for keys that are not used.
 * A terminal of so many columns for which that is too wide gets a block of lines for each instead.
 */
export function keysText(listed: ListedKeys, columns: number | null): string {
  const entries = entriesOf(listed);
  const lines = tabled(entries);
  const fits = columns === null || lines.every((line) => stringWidth(line) <= columns);
  return `${(fits ? lines : stacked(entries, columns)).join('\n')}\n`;
}

function entriesOf({ rows, serve }: ListedKeys): Entry[] {
  const entries = rows.map((row) => ({
    name: row.name,
    key: keyWord(row),
    place: placeWords(row),
    note: row.unused && `the kept key for ${row.unused.address} is not used: ${row.unused.why}`,
  }));
  const place = serve.isKept ? serve.file : (serve.trouble ?? '`mom serve --auth` makes it');
  const gateway = { name: 'serve', key: serve.isKept ? 'kept' : 'none', place, note: null };
  return [...entries, gateway].map(({ name, key, place, note }) => ({
    name: sanitize(name),
    key: sanitize(key),
    place: sanitize(place),
    note: note && sanitize(note),
  }));
}

function tabled(entries: readonly Entry[]): string[] {
  const names = Math.max(...entries.map(({ name }) => name.length));
  const keys = Math.max(...entries.map(({ key }) => key.length));
  return entries.flatMap(({ name, key, place, note }) => [
    `${name.padEnd(names)}  ${key.padEnd(keys)}  ${place}`.trimEnd(),
    ...(note === null ? [] : [`${' '.repeat(names + 2)}${note}`]),
  ]);
}

function stacked(entries: readonly Entry[], columns: number): string[] {
  return entries.flatMap(({ name, key, place, note }, index) => {
    const lines = [name, `key: ${key}`, place, note ?? ''].filter((line) => line !== '');
    return [...(index === 0 ? [] : ['']), ...lines.flatMap((line) => wrapped(line, columns))];
  });
}

/** The object of `--json`. */
export function keysJson({ rows, serve }: ListedKeys): object {
  const keys = rows.map(({ name, needsKey, source, place, program, ending, address, unused, trouble }) => ({
    name,
    has_key: source !== null,
    needs_key: needsKey,
    source,
    place,
    program,
    ends_in: ending,
    address,
    unused,
    trouble,
  }));
  return { keys, serve: { has_key: serve.isKept, file: serve.file, trouble: serve.trouble } };
}

function keyWord({ source, ending, needsKey, trouble }: KeyRow): string {
  if (source === 'command') return 'command';
  if (source !== null) return ending === null ? 'set' : `...${ending}`;
  return needsKey || trouble !== null ? 'none' : 'not needed';
}

function placeWords({ name, source, place, program, address, needsKey, trouble }: KeyRow): string {
  if (trouble !== null) return trouble;
  if (source === 'command') return `${program} (${place})`;
  if (source === 'file') return `${place}, for ${address} only`;
  return place ?? (needsKey ? `\`mom keys set ${name}\` keeps one` : '');
}
