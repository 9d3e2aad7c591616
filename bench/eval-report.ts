import type { RunResult } from '../src/core/run.js';
import { sumCosts } from '../src/core/usage.js';
import type { Contestant } from './eval-contestants.js';

/** One question as one contestant answered it. */
export interface Tried {
  /** The right number, in the form of `extractNumber`. */
  gold: string;
  /** The number that came out. */
  said: string | null;
  result: RunResult;
}

export interface Share {
  right: number;
  of: number;
}

/** What one contestant made of all questions. */
export interface Outing {
  contestant: Contestant;
  right: Share;
  calls: number;
  /** Calls of the strongest model. */
  strongestCalls: number;
  /** US dollars; null when a price is unknown. */
  usd: number | null;
  /** Runs by what strategy they used. */
  strategies: Map<string, number>;
  statuses: Map<string, number>;
  /** Runs by their number of calls. */
  lengths: Map<number, number>;
  answers: readonly (string | null)[];
}

export function outingOf(contestant: Contestant, tried: readonly Tried[], strongest: string): Outing {
  const calls = tried.flatMap(({ result }) => result.calls);
  const cost = sumCosts(tried.map(({ result }) => ({ usd: result.cost_usd, source: result.cost_source })));
  return {
    contestant,
    right: { right: tried.filter(({ gold, said }) => said === gold).length, of: tried.length },
    calls: calls.length,
    strongestCalls: calls.filter((call) => call.model === strongest).length,
    usd: cost.source === 'partial' ? null : cost.usd,
    strategies: counts(tried.map(({ result }) => result.strategy)),
    statuses: counts(tried.map(({ result }) => result.status)),
    lengths: counts(tried.map(({ result }) => result.calls.length).sort((a, b) => a - b)),
    answers: tried.map(({ result }) => result.answer),
  };
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

/** What the outings say, for people; the first one is the strongest model alone. */
export function report(outings: readonly Outing[], questions: number): string {
  const [strongest] = outings;
  if (!strongest) return 'nobody took part';
  const table = [
    ['', 'right', '95 % interval', 'calls', 'of the strongest', 'dollars', 'of the strongest', 'not complete'],
    ...outings.map((outing) => rowOf(outing, strongest)),
  ];
  const widths = table[0]?.map((_, column) => Math.max(...table.map((row) => row[column]?.length ?? 0))) ?? [];
  const lines = table.map((row) =>
    row.map((cell, i) => (i === 0 ? cell.padEnd(widths[i] ?? 0) : cell.padStart(widths[i] ?? 0))).join('  '),
  );
  return [
    `${questions} recorded questions through configuration, engine, client and sandbox; one number extractor for all.`,
    `"The strongest" is ${strongest.contestant.label}. Calls: all of them, then those of the strongest model as a share of asking it every time.`,
    '',
    ...lines,
    '',
    ...outings.flatMap((outing) => sameAnswers(outing, outings)),
    ...outings
      .filter(({ contestant }) => contestant.strategy === 'auto')
      .map(({ contestant, strategies }) => `${contestant.label} used ${listed(strategies)}`),
    ...outings
      .filter(({ lengths }) => lengths.size > 1)
      .map(({ contestant, lengths }) => `${contestant.label} made ${callsListed(lengths)}`),
    '',
    'The critic and judge is the plain number vote of the sandbox, no model: rows that use it (fuse, self, select, deep) show that the',
    'pipeline carries every answer faithfully, not what a real critic makes of them. Recorded models give one answer, so samples are equal.',
  ].join('\n');
}

function rowOf(outing: Outing, strongest: Outing): string[] {
  const { contestant, right, calls, strongestCalls, usd, statuses } = outing;
  const [low, high] = interval95(right).map((share) => (100 * share).toFixed(1));
  const share = (part: number | null, whole: number | null) => (part === null || !whole ? '–' : `${((100 * part) / whole).toFixed(1)} %`);
  return [
    contestant.label,
    percent(right),
    `${low} to ${high}`,
    String(calls),
    share(strongestCalls, strongest.strongestCalls),
    usd === null ? 'unknown' : `$${usd.toFixed(4)}`,
    share(usd, strongest.usd),
    String(right.of - (statuses.get('complete') ?? 0)),
  ];
}

function sameAnswers({ contestant, answers }: Outing, outings: readonly Outing[]): string[] {
  const { sameAs, label } = contestant;
  if (sameAs === undefined) return [];
  const other = outings.find((each) => each.contestant.label === sameAs);
  const changed = answers.filter((answer, i) => answer !== other?.answers[i]).length;
  return [`${label}: ${changed} of ${answers.length} answers are not those of "${sameAs}"`];
}

function callsListed(lengths: ReadonlyMap<number, number>): string {
  return [...lengths].map(([calls, runs]) => `${calls} calls in ${runs} runs`).join(', ');
}

function listed(found: ReadonlyMap<string, number>): string {
  return [...found].map(([name, n]) => `${name} ${n === 1 ? 'once' : `${n} times`}`).join(', ');
}

function counts<K>(keys: readonly K[]): Map<K, number> {
  const found = new Map<K, number>();
  for (const key of keys) found.set(key, (found.get(key) ?? 0) + 1);
  return found;
}
