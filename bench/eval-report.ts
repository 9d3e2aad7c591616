import { extractNumber } from '../src/core/extract/number.js';
import type { RunResult } from '../src/core/run.js';

/** A recorded question with what each system said and what the pipeline made of it. */
export interface EvalRow {
  /** The right number, in the form of `extractNumber`. */
  gold: string;
  /** Recorded texts, in the order of the panel. */
  texts: readonly string[];
  result: RunResult;
}

export interface Share {
  right: number;
  of: number;
}

export interface EvalFigures {
  /** Each system alone, in the order of the panel. */
  alone: Share[];
  /** The merged answers. */
  merged: Share;
  /** Questions on which at least two systems say the same number. */
  agreed: Share;
  /** The others. */
  open: Share;
  statuses: Map<string, number>;
  /** Requests by number of calls in the run. */
  callsPerRun: Map<number, number>;
}

export function figures(rows: readonly EvalRow[], systems: number): EvalFigures {
  const alone = Array.from({ length: systems }, (): Share => ({ right: 0, of: rows.length }));
  const agreed: Share = { right: 0, of: 0 };
  const open: Share = { right: 0, of: 0 };
  const statuses = new Map<string, number>();
  const callsPerRun = new Map<number, number>();
  for (const { gold, texts, result } of rows) {
    const numbers = texts.map(extractNumber);
    for (const [i, number] of numbers.entries()) if (number === gold) (alone[i] as Share).right += 1;
    const group = numbers.some((number, i) => number !== null && numbers.indexOf(number) !== i) ? agreed : open;
    group.of += 1;
    if (result.answer !== null && extractNumber(result.answer) === gold) group.right += 1;
    count(statuses, result.status);
    count(callsPerRun, result.calls.length);
  }
  return { alone, merged: { right: agreed.right + open.right, of: rows.length }, agreed, open, statuses, callsPerRun };
}

/** The Wilson interval of a share at 95 %, as two fractions. */
export function interval95({ right, of }: Share): [number, number] {
  const z = 1.96;
  const p = right / of;
  const centre = (p + z ** 2 / (2 * of)) / (1 + z ** 2 / of);
  const half = (z / (1 + z ** 2 / of)) * Math.sqrt((p * (1 - p)) / of + z ** 2 / (4 * of ** 2));
  return [centre - half, centre + half];
}

export function percent({ right, of }: Share): string {
  return of === 0 ? '–' : `${((100 * right) / of).toFixed(1)} %`;
}

/** What the figures say, for people. */
export function report(systems: readonly string[], found: EvalFigures): string {
  const { alone, merged, agreed, open } = found;
  const width = Math.max(...systems.map((system) => system.length));
  const [low, high] = interval95(merged).map((share) => (100 * share).toFixed(1));
  const best = alone.reduce((a, b) => (b.right > a.right ? b : a));
  const bestName = systems[alone.indexOf(best)];
  const comparison = merged.right < best.right ? 'less than' : merged.right === best.right ? 'the same as' : 'more than';
  return [
    `Each system alone, ${merged.of} questions, one extractor for all:`,
    ...systems.map((system, i) => `  ${system.padEnd(width)}  ${percent(alone[i] as Share)} (${alone[i]?.right} right)`),
    '',
    `Merged by fuse with the sandbox's critic:`,
    `  two or more agree on ${agreed.of} questions, ${agreed.right} of them right (${percent(agreed)})`,
    `  with the ${open.of} others ${merged.right} of ${merged.of} are right: ${percent(merged)} (95 % interval ${low} to ${high} %)`,
    '',
    `The critic here is a plain number vote, no model: this shows that the pipeline carries every answer faithfully,`,
    `not what a real critic makes of them. It is ${comparison} the best system alone (${bestName}, ${percent(best)}).`,
    '',
    `runs: ${listed(found.statuses)}`,
    `calls in a run: ${listed(found.callsPerRun)} (with n proposers n + 1; n where the proposals were identical)`,
  ].join('\n');
}

function listed(counts: ReadonlyMap<string | number, number>): string {
  return [...counts].map(([name, n]) => `${name} ${n === 1 ? 'once' : `${n} times`}`).join(', ');
}

function count<K>(counts: Map<K, number>, key: K): void {
  counts.set(key, (counts.get(key) ?? 0) + 1);
}
