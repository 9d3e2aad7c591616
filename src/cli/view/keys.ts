import type { KeyRow } from '../../app/keys/keys.js';
import { sanitize } from './sanitize.js';

export interface ListedKeys {
  rows: readonly KeyRow[];
  /** The key of `mom serve --auth`. */
  serve: { isKept: boolean; file: string; trouble: string | null };
}

/** One line for each provider and the gateway: name, key, where it comes from; lines below for keys that are not used. */
export function keysText({ rows, serve }: ListedKeys): string {
  const lines = rows.map((row) => [row.name, keyWord(row), placeWords(row)] as const);
  const last = [
    'serve',
    serve.isKept ? 'kept' : 'none',
    serve.isKept ? serve.file : (serve.trouble ?? '`mom serve --auth` makes it'),
  ] as const;
  const all = [...lines, last];
  const [names, keys] = [0, 1].map((column) => Math.max(...all.map((line) => (line[column] as string).length))) as [number, number];
  const text = ([name, key, place]: (typeof all)[number]) => `${name.padEnd(names)}  ${key.padEnd(keys)}  ${place}`.trimEnd();
  const notes = (row: KeyRow) =>
    row.unused ? [`${' '.repeat(names + 2)}the kept key for ${row.unused.address} is not used: ${row.unused.why}`] : [];
  return `${sanitize([...lines.flatMap((line, index) => [text(line), ...notes(rows[index] as KeyRow)]), text(last)].join('\n'))}\n`;
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
