import { dirname } from 'node:path';
import { findDifficulty } from '../difficulty-file.js';
import type { Item } from '../items.js';
import { invalid } from '../trouble.js';
import { ALPACA_FILES, alpacaItems } from './alpaca.js';
import { ARENA_FILES, arenaItems } from './arena.js';
import { type FoundFile, filesBelow } from './folder.js';
import { MT_BENCH_FILES, mtBenchItems } from './mt-bench.js';

/** Other evaluations whose files mom reads. */
export const FOREIGN_FORMATS = ['alpaca', 'arena', 'mt-bench'] as const;
export type ForeignFormat = (typeof FOREIGN_FORMATS)[number];

const READERS: Readonly<Record<ForeignFormat, { holds: string; items: (files: readonly FoundFile[]) => AsyncGenerator<Item> }>> = {
  alpaca: { holds: ALPACA_FILES, items: alpacaItems },
  arena: { holds: ARENA_FILES, items: arenaItems },
  'mt-bench': { holds: MT_BENCH_FILES, items: mtBenchItems },
};

/**
 * What the files of a folder hold, as they are read: prompts, then answers, then comparisons.
 * @throws MomError `no_input` where the folder can't be read, `input_invalid` for broken files, or where nothing is found
 */
export async function* foreignItems(format: ForeignFormat, folder: string): AsyncGenerator<Item> {
  const { holds, items } = READERS[format];
  let found = false;
  for await (const item of items(filesBelow(folder))) {
    found = true;
    yield item;
  }
  if (!found) throw invalid(folder, `holds nothing of ${format}`, `it needs ${holds}, in it or below`);
}

/** The difficulties of AlpacaEval's instructions, where they stand beside its preferences; null where there are none. */
export async function foreignDifficulty(format: ForeignFormat, folder: string): Promise<unknown> {
  if (format !== 'alpaca') return null;
  const preferences = filesBelow(folder).find(({ name }) => name === 'preferences.jsonl');
  const found = await findDifficulty(preferences === undefined ? folder : dirname(preferences.path));
  return found?.value ?? null;
}
