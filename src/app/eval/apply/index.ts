import { dirname, join, resolve } from 'node:path';
import { FILE_NAMES, findUserFile, readConfigFile, realPath, userConfigDir } from '../../../config/files/discover.js';
import { type Edit, editedFile } from '../../../config/files/edit-file.js';
import { parseFile } from '../../../config/files/parse.js';
import { pathText, valueAt } from '../../../config/files/tree.js';
import { loadConfig } from '../../../config/load.js';
import type { Env } from '../../../config/wishes.js';
import { MomError, reasonOf } from '../../../core/error.js';
import type { Contestant } from '../../../core/eval/contestant.js';
import type { EvalReport } from '../../../core/eval/report.js';
import type { Warning } from '../../../core/run.js';
import { makeFolder } from '../../../core/system/make-folder.js';
import { replacePrivateFile } from '../../../core/system/private-file.js';
import { routeEdits } from './routes.js';
import { withSampled } from './with-sampled.js';

export interface ApplyOptions {
  report: Pick<EvalReport, 'recommendations' | 'contestants' | 'sandbox'>;
  contestants: readonly Contestant[];
  env: Env;
  cwd: string;
  home: string;
  /** Written in place of the user's own file. */
  configFile?: string;
  /** Only says what would be written. */
  dryRun: boolean;
}

export interface Applied {
  /** The file that is, or would be, written. */
  file: string;
  /** For people, one a line: `mixtures.default.strategy: auto`. Empty where the file says all of it already. */
  changes: readonly string[];
  written: boolean;
  warnings: readonly Warning[];
}

/**
 * Writes what an evaluation recommends into the user's configuration: routes of strategy `auto` for the evaluated mixture, and the
 * mixtures that they lead to. Texts of models never get there: only names that stand in the configuration or on the command line.
 * @throws MomError `usage` where nothing may be applied, `config_invalid`, `output_failed`
 */
export async function applyRecommendations(options: ApplyOptions): Promise<Applied> {
  const { report, contestants, env, cwd, home, configFile, dryRun } = options;
  refuseSimulated(report, configFile);
  const world = { env, cwd, home, ...(configFile === undefined ? {} : { configFile }), overrides: [] };
  const config = await loadConfig(world);
  const known = fileOf(options);
  const edits = routeEdits(report, withSampled(contestants, report), config);
  if (edits.length === 0) throw nothingToApply();
  const { tree } = parseFile(known.text, known.path, known.path, 'user');
  const changes = edits.filter(({ path, value }) => !isEqual(valueAt(tree, path), value)).map(changeLine);
  const text = editedFile(known.text, known.path, edits);
  if (dryRun || changes.length === 0) return { file: known.path, changes, written: false, warnings: [] };
  write(known.path, text);
  const after = await loadConfig(world);
  const hidden = edits.filter(({ path, value }) => !isEqual(valueAt(after.values, path), value));
  const warnings = hidden.map(({ path }) => ({
    code: 'apply_overridden',
    message: `${pathText(path)} is set by ${after.origin(path)}, which counts more than ${known.path}`,
  }));
  return { file: known.path, changes, written: true, warnings };
}

/** What simulated models are good for says nothing about real ones of the same name. */
function refuseSimulated({ sandbox }: ApplyOptions['report'], configFile: string | undefined): void {
  if (!sandbox || configFile !== undefined) return;
  throw new MomError('usage', '--apply does not write what simulated models recommend into your configuration', {
    hint: 'leave out --sandbox, or name a file to try it on with --config',
  });
}

function nothingToApply(): MomError {
  return new MomError('usage', 'there is nothing to apply: nobody of the evaluation is recommended who could be asked', {
    hint: 'the verdict says how many prompts it takes to show a difference',
  });
}

function fileOf({ env, home, configFile, cwd }: ApplyOptions): { path: string; text: string } {
  const named = configFile ?? (env.MOM_CONFIG || undefined);
  if (named === undefined) {
    const dir = userConfigDir(env, home);
    return findUserFile(dir) ?? { path: join(dir, FILE_NAMES[0]), text: '' };
  }
  const path = resolve(cwd, named);
  return { path, text: readConfigFile(path) };
}

/** What a link leads to is replaced, not the link. */
function write(path: string, text: string): void {
  try {
    makeFolder(dirname(path));
    replacePrivateFile(realPath(path), text, { sync: true });
  } catch (error) {
    throw new MomError('output_failed', `${path} cannot be written: ${reasonOf(error)}`, {
      hint: 'check the rights and the space of its folder; nothing has changed',
      cause: error,
    });
  }
}

function changeLine({ path, value }: Edit): string {
  return `${pathText(path)}: ${typeof value === 'string' ? value : JSON.stringify(value)}`;
}

function isEqual(a: unknown, b: unknown): boolean {
  return JSON.stringify(a) === JSON.stringify(b);
}
