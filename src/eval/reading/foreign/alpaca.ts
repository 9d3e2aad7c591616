import { annotationItems, compactItems, isCompact, outputItems } from '../alpaca-rows.js';
import type { Item } from '../items.js';
import { PromptIds } from '../prompt-ids.js';
import { readRows } from '../records.js';
import { invalid } from '../trouble.js';
import type { FoundFile } from './folder.js';

const OUTPUTS: readonly string[] = ['model_outputs.json', 'reference_outputs.json'];

/** For the message where nothing is found. */
export const ALPACA_FILES = 'model_outputs.json, annotations.json or preferences.jsonl';

/**
 * AlpacaEval (tatsu-lab/alpaca_eval): `model_outputs.json` and `annotations.json` anywhere below a folder, as in its `results/<model>/<judge>/`,
 * and `preferences.jsonl` with all preferences of a system in one row. Answers come first, so that comparisons know their style.
 */
export async function* alpacaItems(files: readonly FoundFile[]): AsyncGenerator<Item> {
  const ids = new PromptIds();
  for (const { path, folders } of files.filter(({ name }) => OUTPUTS.includes(name))) {
    ids.startFile();
    for await (const row of readRows(path)) yield* outputItems(row, ids, folders.at(-1) ?? 'unknown');
  }
  yield* allAnnotations(files, ids);
  for (const { path } of files.filter(({ name }) => name === 'preferences.jsonl')) {
    for await (const row of readRows(path)) {
      if (!isCompact(row))
        throw invalid(row.where, 'holds no list of preferences', "mom's own preferences.jsonl needs no import: mom eval judge reads it");
      yield* compactItems(row);
    }
  }
}

/** Some results hold the same annotations in two folders: each comparison of a judge counts once. */
async function* allAnnotations(files: readonly FoundFile[], ids: PromptIds): AsyncGenerator<Item> {
  const seen = new Set<string>();
  for (const { path, folders } of files.filter(({ name }) => name === 'annotations.json')) {
    ids.startFile();
    for await (const row of readRows(path))
      for (const item of annotationItems(row, ids, folders.at(-1) ?? 'unknown judge')) {
        const key = item.type === 'comparison' ? JSON.stringify([item.id, item.a, item.b, item.judge]) : null;
        if (key !== null && seen.has(key)) continue;
        if (key !== null) seen.add(key);
        yield item;
      }
  }
}
