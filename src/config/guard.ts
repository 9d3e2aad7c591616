import { dirname, resolve, sep } from 'node:path';
import { parseDuration } from '../core/duration.js';
import { MomError } from '../core/error.js';
import { BUILT_IN_MAX_COST, CHECK_TIMEOUT, DEFAULT_TIMEOUTS, EVAL, RETRY, SERVE } from '../core/limits.js';
import { realPath } from './files/discover.js';
import { hasReference } from './files/interpolate.js';
import { isMap, type Layer, type Path, pathText, valueAt } from './files/tree.js';

/** Providers' options that decide where text and keys go, or what is sent along. */
const GUARDED_PROVIDER_OPTIONS = new Set([
  'base_url',
  'api_key',
  'api_key_cmd',
  'headers',
  'extra_body',
  'dialect',
  'needs_key',
  'attribution',
]);

/** The gateway's options that decide who is let in. */
const GUARDED_SERVE_OPTIONS = new Set(['host', 'keys', 'allowed_hosts', 'cors_origins']);

/** The gateway's limits as they are where nobody has set them: numbers as they are written, durations in milliseconds. */
const SERVE_LIMITS: Readonly<Record<string, number>> = {
  max_body: SERVE.maxBody / 2 ** 20,
  requests_per_minute: Number.POSITIVE_INFINITY,
  concurrency: Number.POSITIVE_INFINITY,
  max_in_flight: SERVE.maxInFlight,
  retry_window: SERVE.retryWindow,
  heartbeat: SERVE.heartbeat,
  drain: SERVE.drain,
};

/** Options of evaluations that decide what is run on this machine, and on which files. */
const GUARDED_EVAL_OPTIONS = new Set(['check', 'check_folder']);

/** What a guarded option would do, for the message. */
export interface GuardedOption {
  path: Path;
  why: string;
}

/**
 * Finds what a project file may not set without the user's trust.
 * @param project the project file
 * @param without the merged configuration without it
 */
function findGuarded(project: Layer, without: unknown): GuardedOption[] {
  const found: GuardedOption[] = [];
  visit(project.tree, [], (path, value) => {
    const why = reason(path, value, project, without);
    if (why) found.push({ path, why });
    return why === null;
  });
  return found;
}

/** @throws MomError `config_untrusted` naming the first guarded option and its place */
export function refuseGuarded(project: Layer, without: unknown): void {
  const [first] = findGuarded(project, without);
  if (!first) return;
  throw new MomError(
    'config_untrusted',
    `${project.source.label(first.path)}: ${pathText(first.path)} ${first.why}, and this project file is not trusted`,
    {
      hint: 'read the file; if you trust it as it is, run `mom config trust`',
    },
  );
}

function visit(value: unknown, path: Path, enter: (path: Path, value: unknown) => boolean): void {
  if (path.length > 0 && !enter(path, value)) return;
  if (Array.isArray(value)) for (const [index, item] of value.entries()) visit(item, [...path, index], enter);
  else if (isMap(value)) for (const [key, item] of Object.entries(value)) visit(item, [...path, key], enter);
}

function reason(path: Path, value: unknown, project: Layer, without: unknown): string | null {
  const name = path.at(-1);
  if (path.length === 3 && path[0] === 'providers' && GUARDED_PROVIDER_OPTIONS.has(String(name))) return 'decides what is sent where';
  if (name === 'extra_body' && path[0] === 'mixtures') return 'decides what is sent where';
  if (path.length === 2 && path[0] === 'serve' && GUARDED_SERVE_OPTIONS.has(String(name))) return 'decides who may use the gateway';
  if (path.length === 2 && path[0] === 'eval' && GUARDED_EVAL_OPTIONS.has(String(name))) return 'decides which program runs on which files';
  if (path.length === 1 && name === 'pricing') return 'decides what counts as spent';
  if (name === 'allow_unknown_price' && value === true) return 'loosens the cost cap';
  if (path.at(-2) === 'privacy' && (value === false || value === 'allow')) return 'lowers your privacy';
  if (typeof value === 'string' && hasReference(value)) return 'reads your environment';
  if (path.length === 1 && name === 'debug_dir' && typeof value === 'string' && leavesFolder(value, project))
    return 'leads out of its folder';
  if (path[0] === 'log' && keepsMore(path, value, without)) return 'keeps on this machine what you keep nowhere';
  return raisedLimit(path, value, without);
}

/** More of each run is kept than without the project file. */
function keepsMore(path: Path, value: unknown, without: unknown): boolean {
  const before = valueAt(without, ['log']);
  const keepsTexts = before !== false && valueAt(without, ['log', 'content']) !== false;
  if (path.length === 1) return isMap(value) ? before === false : value === true && !keepsTexts;
  return value === true && !keepsTexts;
}

function leavesFolder(path: string, project: Layer): boolean {
  const folder = realPath(dirname(project.source.file ?? '.'));
  const target = realPath(resolve(folder, path));
  return target !== folder && !target.startsWith(folder + sep);
}

function raisedLimit(path: Path, value: unknown, without: unknown): string | null {
  const name = String(path.at(-1));
  if (path.length === 2 && path[0] === 'eval') return raisedLimitOfEvals(name, value, valueAt(without, path));
  const mixture = path[0] === 'mixtures' && typeof path[1] === 'string' ? [path[0], path[1]] : null;
  const isTopOrMixture = path.length === 1 || (mixture !== null && path.length === 3);
  if (name === 'max_cost' && isTopOrMixture) {
    return limited(value, baseline(['max_cost'], mixture, without, BUILT_IN_MAX_COST)) ? 'raises the cost cap' : null;
  }
  if (path.length === 2 && path[0] === 'budget') {
    return limited(value, valueAt(without, path) ?? Number.POSITIVE_INFINITY) ? 'raises the budget' : null;
  }
  if (path.length === 2 && path[0] === 'serve' && Object.hasOwn(SERVE_LIMITS, name)) {
    return limited(milliseconds(value), milliseconds(valueAt(without, path) ?? SERVE_LIMITS[name]))
      ? 'raises a limit of the gateway'
      : null;
  }
  if (name === 'retries' && isTopOrMixture)
    return limited(value, baseline(['retries'], mixture, without, RETRY.max)) ? 'raises the retries' : null;
  if (path.at(-2) === 'timeouts' && Object.hasOwn(DEFAULT_TIMEOUTS, name)) {
    const before = baseline(['timeouts', name], mixture, without, DEFAULT_TIMEOUTS[name as keyof typeof DEFAULT_TIMEOUTS]);
    return limited(milliseconds(value), milliseconds(before)) ? 'raises a time limit' : null;
  }
  return null;
}

/** @param before the limit as it would be without the project file */
function raisedLimitOfEvals(name: string, value: unknown, before: unknown): string | null {
  if (name === 'max_cost') return limited(value, before ?? EVAL.maxCost) ? 'raises the cost cap of evaluations' : null;
  if (name === 'concurrency') return limited(value, before ?? EVAL.concurrency) ? 'raises a limit of evaluations' : null;
  if (name === 'check_timeout')
    return limited(milliseconds(value), milliseconds(before ?? CHECK_TIMEOUT)) ? 'raises a limit of evaluations' : null;
  return null;
}

/** The limit as it would be without the project file. */
function baseline(option: Path, mixture: Path | null, without: unknown, builtIn: unknown): unknown {
  return (mixture && valueAt(without, [...mixture, ...option])) ?? valueAt(without, option) ?? builtIn;
}

function limited(value: unknown, limit: unknown): boolean {
  return typeof value === 'number' && typeof limit === 'number' && value > limit;
}

function milliseconds(value: unknown): unknown {
  return typeof value === 'string' ? parseDuration(value) : value;
}
