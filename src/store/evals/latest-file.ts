import { readFileSync, rmSync } from 'node:fs';
import { dirname, join } from 'node:path';
import type { LatestContestant, LatestEvaluation } from '../../core/eval/latest.js';
import type { ContestantReport, EvalReport } from '../../core/eval/report.js';
import { isRecord } from '../../core/record.js';
import { preparePrivateFolder, replacePrivateFile } from '../../core/system/private-file.js';

/** The numbers of the report that was kept last, for the gateway; those of the sandbox stand apart. @param dir the state folder */
export function latestFile(dir: string, sandbox: boolean): string {
  return join(...(sandbox ? [dir, 'sandbox'] : [dir]), 'evals-latest.json');
}

/** @throws Error of node:fs */
export function writeLatest(path: string, report: EvalReport): void {
  const latest: LatestEvaluation = {
    format: 1,
    id: report.id,
    started_at: report.started_at,
    baseline: report.baseline,
    contestants: report.contestants.map(numbersOf),
  };
  preparePrivateFolder(dirname(path));
  replacePrivateFile(path, `${JSON.stringify(latest)}\n`);
}

/** Null where there is none, or none that can be read. */
export function readLatest(path: string): LatestEvaluation | null {
  try {
    const value: unknown = JSON.parse(readFileSync(path, 'utf8'));
    return isLatest(value) ? value : null;
  } catch {
    return null;
  }
}

/** Removes what shows an evaluation that started before. @throws Error of node:fs */
export function forgetLatest(dir: string, before: Date): void {
  for (const path of [latestFile(dir, false), latestFile(dir, true)]) {
    const latest = readLatest(path);
    if (latest !== null && Date.parse(latest.started_at) < before.getTime()) rmSync(path, { force: true });
  }
}

function numbersOf({ name, n, failed, accuracy, board, cost_usd }: ContestantReport): LatestContestant {
  return {
    name,
    prompts: n,
    failed,
    accuracy: accuracy?.value ?? null,
    win_rate: board === null ? null : board.win_rate / 100,
    cost_usd: cost_usd?.value ?? null,
  };
}

function isLatest(value: unknown): value is LatestEvaluation {
  return (
    isRecord(value) &&
    value.format === 1 &&
    typeof value.baseline === 'string' &&
    !Number.isNaN(Date.parse(String(value.started_at))) &&
    Array.isArray(value.contestants) &&
    value.contestants.every(isContestant)
  );
}

function isContestant(value: unknown): boolean {
  const isNumber = (each: unknown) => Number.isFinite(each);
  const isMeasure = (each: unknown) => each === null || isNumber(each);
  return (
    isRecord(value) &&
    typeof value.name === 'string' &&
    [value.prompts, value.failed].every(isNumber) &&
    [value.accuracy, value.win_rate, value.cost_usd].every(isMeasure)
  );
}
