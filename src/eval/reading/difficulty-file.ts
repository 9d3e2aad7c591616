import { existsSync } from 'node:fs';
import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { invalid, unreadable } from './trouble.js';

/** Under these names difficulties stand beside the preferences that they belong to. */
const NAMES = ['difficulty.json', 'lc_reference.json'] as const;

export interface DifficultyFile {
  path: string;
  /** What it holds, unchecked. */
  value: unknown;
}

/** The difficulties that stand in a folder; null where there are none. @throws MomError where they can't be read */
export async function findDifficulty(folder: string): Promise<DifficultyFile | null> {
  const path = NAMES.map((name) => join(folder, name)).find((file) => existsSync(file));
  return path === undefined ? null : { path, value: await readJson(path) };
}

async function readJson(path: string): Promise<unknown> {
  const text = await readFile(path, 'utf8').catch((error: unknown) => {
    throw unreadable(path, error);
  });
  try {
    return JSON.parse(text);
  } catch {
    throw invalid(path, 'not valid JSON', 'it must hold one JSON object');
  }
}
