import { evalSettingsOf } from '../../config/eval.js';
import { loadConfig } from '../../config/load.js';
import { MomError } from '../../core/error.js';
import { EVAL } from '../../core/limits.js';
import { stampedId } from '../../core/stamped-id.js';
import { type GivenFiles, readGiven } from '../../eval/reading/given.js';
import type { Evaluation } from './evaluation.js';
import { baselineOf } from './judge-files/baseline.js';
import { dataOf } from './judge-files/data.js';
import { difficultyOf } from './judge-files/difficulty.js';
import { checkPairs, JudgedFiles, type ReportFacts } from './judge-files/judged.js';
import { openJury } from './judge-files/jury.js';
import type { JudgeFilesOptions } from './judge-files/options.js';
import { RecordedPreferences } from './judge-files/recorded.js';
import { scoredByReference } from './judge-files/scored.js';
import { unfitReferences } from './judge-files/unfit.js';

export type { JudgeFilesOptions };

/** Given answers or preferences, ready to be priced and reported. */
export type FilesEvaluation = Pick<Evaluation, 'quote' | 'run' | 'records' | 'close'>;

/**
 * Reads files of answers, which judges then compare, or of preferences, which count as they are; with judges that are named,
 * these judge the answers in them.
 * @throws MomError for files that can't be read, and where nobody can judge what has to be judged
 */
export async function openJudgeFiles(options: JudgeFilesOptions): Promise<FilesEvaluation> {
  const { env, cwd, home, configFile, judges, difficulty, onNote } = options;
  const config = await loadConfig({ env, cwd, home, ...(configFile === undefined ? {} : { configFile }), overrides: [] });
  const given = await readGiven(options.files);
  const data = dataOf(given);
  const facts = factsOf(options, baselineOf(given, options.baseline), options.margin ?? evalSettingsOf(config).margin ?? EVAL.margin);
  if (given.comparisons.length > 0 && judges.length === 0) {
    return new RecordedPreferences({
      given,
      data,
      facts: { ...facts, sandbox: false },
      difficulty: await difficultyOf(given, difficulty, onNote),
    });
  }
  if (difficulty !== null) throw uselessDifficulty();
  checkTexts(given);
  const scored = scoredByReference({ ...data, comparisons: [] }, given);
  const warnings = unfitReferences(given, evalSettingsOf(config));
  const needsJudges = given.prompts.some((_, prompt) => scored.outcomes.every((row) => row.at(prompt)?.score == null));
  if (!needsJudges) return new JudgedFiles({ given, data: scored, facts: { ...facts, sandbox: false }, warnings, jury: null });
  checkPairs(given.contestants);
  const jury = await openJury({ ...options, onNote: (note) => warnings.push(note) }, config, given.contestants);
  return new JudgedFiles({ given, data: scored, facts, warnings, jury });
}

function factsOf({ sandbox, seed }: JudgeFilesOptions, baseline: string, margin: number): ReportFacts {
  const now = new Date();
  return { id: stampedId(now), started_at: now.toISOString(), sandbox: sandbox !== null, baseline, margin, seed };
}

function uselessDifficulty(): MomError {
  return new MomError('usage', '--difficulty is for preferences that are there already', {
    hint: 'leave it out, or name a file of preferences',
  });
}

/** @throws MomError `usage` for preferences without texts, which nobody can judge again */
function checkTexts({ texts, failed, comparisons }: GivenFiles): void {
  const hasTexts = texts.some((row) => row.some((text) => text !== null)) || failed.some((prompts) => prompts.size > 0);
  if (hasTexts || comparisons.length === 0) return;
  throw new MomError(
    'usage',
    'these files hold preferences without the answers that they are about: there is nothing that a judge could read',
    {
      hint: 'leave out --judge, and the preferences count as they are',
    },
  );
}
