import { statSync } from 'node:fs';
import { basename, dirname, join } from 'node:path';
import { MomError } from '../../core/error.js';
import { annotationItems, compactItems, isAnnotation, isCompact, outputItems } from './alpaca-rows.js';
import { type DifficultyFile, findDifficulty } from './difficulty-file.js';
import { type Given, GivenTable } from './given-table.js';
import type { Item } from './items.js';
import { answerItems, comparisonItem, isAnswer, isComparison, isRecording, promptItem, recordingItems } from './own-rows.js';
import { PromptIds } from './prompt-ids.js';
import { type Row, readRows } from './records.js';
import { invalid, unreadable } from './trouble.js';

/** What a folder of an evaluation may hold; prompts first, since other files may know them by their text only. */
const IN_FOLDERS = ['prompts.jsonl', 'answers.jsonl', 'model_outputs.json', 'preferences.jsonl', 'annotations.json'];

/** What is given, with the difficulties of its prompts where a file beside it tells them. */
export type GivenFiles = Given & { difficulty: DifficultyFile | null };

/**
 * Reads answers and preferences that are there: files of either, in mom's own form, AlpacaEval's or that of recorded answers, and folders with
 * several of them. Rows are told apart by their fields.
 * @throws MomError `no_input` for a missing or empty file, `input_invalid` that names the line
 */
export async function readGiven(paths: readonly string[]): Promise<GivenFiles> {
  const table = new GivenTable();
  const ids = new PromptIds();
  const folders = paths.map((path) => (statOf(path).isDirectory() ? path : null));
  for (const [i, path] of paths.entries()) for (const file of folders[i] ? filesIn(path) : [path]) await readFile(file, table, ids);
  const given = table.given();
  return { ...given, difficulty: given.comparisons.length > 0 ? await difficultyBeside(paths, folders) : null };
}

async function difficultyBeside(paths: readonly string[], folders: readonly (string | null)[]): Promise<DifficultyFile | null> {
  for (const [i, path] of paths.entries()) {
    const found = await findDifficulty(folders[i] ?? dirname(path));
    if (found !== null) return found;
  }
  return null;
}

async function readFile(path: string, table: GivenTable, ids: PromptIds): Promise<void> {
  ids.startFile();
  let rows = 0;
  for await (const row of readRows(path)) {
    rows += 1;
    for (const item of itemsOf(row, path, ids)) {
      if (item.type === 'prompt' && !table.knows(item.id)) ids.learn(item.id, item.messages);
      table.add(item, row.where);
    }
  }
  if (rows === 0) throw new MomError('no_input', `${path} is empty`, { hint: 'name a file of answers or preferences' });
}

function itemsOf(row: Row, path: string, ids: PromptIds): Iterable<Item> {
  const name = nameOf(path);
  if (isCompact(row)) return compactItems(row);
  if (isAnnotation(row)) return annotationItems(row, ids, name);
  if (isComparison(row)) return [comparisonItem(row)];
  if (isRecording(row)) return recordingItems(row);
  if (Object.hasOwn(row.value, 'instruction') && Object.hasOwn(row.value, 'output') && !Object.hasOwn(row.value, 'id'))
    return outputItems(row, ids, name);
  if (isAnswer(row) && name !== 'prompts') return answerItems(row, ids, name);
  if (['prompt', 'messages', 'question'].some((field) => Object.hasOwn(row.value, field))) return [promptItem(row)];
  throw invalid(row.where, 'holds no answer, no preference and no prompt', 'mom eval judge --help tells what files it reads');
}

/** `ours` of `results/ours.jsonl.gz`. */
function nameOf(path: string): string {
  return basename(path).replace(/(?:\.(?:jsonl|ndjson|json|txt))?(?:\.gz)?$/i, '') || basename(path);
}

function filesIn(folder: string): string[] {
  const names = IN_FOLDERS.flatMap((name) => [name, `${name}.gz`]);
  const files = names.map((name) => join(folder, name)).filter((file) => statSync(file, { throwIfNoEntry: false })?.isFile());
  if (files.length > 0) return files;
  throw new MomError('no_input', `${folder} holds no ${IN_FOLDERS.slice(0, -1).join(', ')} or ${IN_FOLDERS.at(-1)}`, {
    hint: 'name the files, or read the folder of another evaluation with mom eval import',
  });
}

function statOf(path: string) {
  try {
    return statSync(path);
  } catch (error) {
    throw unreadable(path, error);
  }
}
