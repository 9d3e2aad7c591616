import { readFile } from 'node:fs/promises';
import { MomError, reasonOf } from '../../../core/error.js';
import type { Warning } from '../../../core/run.js';
import type { GivenFiles } from '../../../eval/reading/given.js';
import type { BoardDifficulty } from '../../../eval/report/index.js';
import { regulariserFrom } from '../../../eval/statistics/length-reference.js';

/**
 * The difficulties for the length control of a published board: of the file that is named, else of one that stands beside the
 * preferences, which is only used where it fits. Null where there are none.
 * @throws MomError `no_input` or `input_invalid` for a file that was named
 */
export async function difficultyOf(
  given: GivenFiles,
  named: string | null,
  onNote: (note: Warning) => void,
): Promise<BoardDifficulty | null> {
  if (named !== null) return fitting(named, await readJson(named), given);
  if (given.difficulty === null) return null;
  const { path, value } = given.difficulty;
  try {
    return fitting(path, value, given);
  } catch (error) {
    onNote({ code: 'difficulty_unused', message: `${reasonOf(error)}: it is not used` });
    return null;
  }
}

function fitting(path: string, value: unknown, { prompts }: GivenFiles): BoardDifficulty {
  const found = regulariserFrom(value);
  if (found === null) {
    throw new MomError('input_invalid', `${path} holds no difficulties`, {
      hint: 'it must hold instruction_difficulty and gamed, as the README of AlpacaEval 2 has them',
    });
  }
  if (found.difficulty.length >= prompts.length) return found;
  const message = `${path} holds the difficulties of ${found.difficulty.length} instructions, the preferences are about ${prompts.length}`;
  throw new MomError('input_invalid', message, { hint: 'name the file that belongs to these preferences' });
}

async function readJson(path: string): Promise<unknown> {
  const text = await readFile(path, 'utf8').catch((error: unknown) => {
    throw new MomError('no_input', `${path} can't be read: ${reasonOf(error)}`, { hint: 'check its path', cause: error });
  });
  try {
    return JSON.parse(text);
  } catch (error) {
    throw new MomError('input_invalid', `${path} is not valid JSON`, { hint: 'it must hold one JSON object', cause: error });
  }
}
