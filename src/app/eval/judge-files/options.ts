import type { EvaluationOptions } from '../evaluation.js';

/** Answers or preferences that are there. Money in US dollars. */
export interface JudgeFilesOptions
  extends Pick<
    EvaluationOptions,
    | 'env'
    | 'cwd'
    | 'home'
    | 'configFile'
    | 'sandbox'
    | 'maxCost'
    | 'concurrency'
    | 'forget'
    | 'planOnly'
    | 'signal'
    | 'onNote'
    | 'onProgress'
    | 'recordersOf'
  > {
  /** Absolute paths of files or folders. */
  files: readonly string[];
  /** Judges to ask; empty: as configured, and none where the files hold preferences. */
  judges: readonly string[];
  /** Contestant that the others are compared with; null: the one that the preferences are against, else the first. */
  baseline: string | null;
  /** Path of a file with the difficulties of AlpacaEval's instructions; null: one that stands beside the preferences. */
  difficulty: string | null;
  /** Points; null: as configured. */
  margin: number | null;
  seed: number;
}
