import { dirname, resolve } from 'node:path';
import { CHECK_TIMEOUT } from '../core/limits.js';
import type { LoadedConfig } from './load.js';
import { milliseconds } from './mixture/members.js';

/** What the configuration says about evaluations; null where it says nothing. Durations in milliseconds, money in US dollars. */
export interface EvalSettings {
  /** Model ids. */
  judges: readonly string[];
  maxCost: number | null;
  /** Runs under way at once. */
  concurrency: number | null;
  /** Points. */
  margin: number | null;
  /** A shell runs the command in a copy of the folder, whose path is absolute. */
  check: { command: string; folder: string; timeout: number } | null;
}

/** @throws MomError `config_invalid` when a variable is not set */
export function evalSettingsOf(config: LoadedConfig): EvalSettings {
  const own = config.values.eval ?? {};
  return {
    judges: judgesOf(config),
    maxCost: own.max_cost ?? null,
    concurrency: own.concurrency ?? null,
    margin: own.margin ?? null,
    check: checkOf(config),
  };
}

function judgesOf(config: LoadedConfig): string[] {
  const path = ['eval', 'judge'];
  const judge = config.values.eval?.judge ?? [];
  return [config.deepText(path, judge) as string | string[]].flat();
}

function checkOf(config: LoadedConfig): EvalSettings['check'] {
  const command = config.text(['eval', 'check']);
  if (command === null) return null;
  const timeout = config.values.eval?.check_timeout;
  return { command, folder: folderOf(config), timeout: timeout === undefined ? CHECK_TIMEOUT : milliseconds(timeout) };
}

function folderOf(config: LoadedConfig): string {
  const path = ['eval', 'check_folder'];
  const folder = config.text(path);
  if (folder === null) return config.cwd;
  const file = config.source(path)?.file;
  return resolve(file ? dirname(file) : config.cwd, folder);
}
