import { readFileSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import type { Contestant } from '../src/core/eval/contestant.js';
import { EVAL_KINDS } from '../src/core/eval/prompt.js';
import type {
  Accuracy,
  AgreementReport,
  Basis,
  BoardLine,
  ContestantReport,
  EvalReport,
  Finding,
  JudgeReport,
  LossReport,
  Measures,
  PairReport,
  Recommendation,
  VerdictReport,
} from '../src/core/eval/report.js';
import type { CostSource } from '../src/core/usage.js';
import { compared, type Entrant, evalData, reportOf } from './eval/report/sample-data.js';
import { sampleReport } from './support/eval-report.js';
import { problems as problemsBySchema } from './support/schema.js';

interface Schema {
  enum?: string[];
  required?: string[];
  properties?: Record<string, Schema>;
  $defs: Record<string, Schema>;
}

const schema = JSON.parse(readFileSync(new URL('../schemas/eval.schema.json', import.meta.url), 'utf8')) as Schema;
const problems = (value: unknown) => problemsBySchema('eval', JSON.parse(JSON.stringify(value)));

// The compiler refuses these when a type gains or loses a member, and the tests below when the schema does not follow.
const REPORT: Record<keyof EvalReport, true> = {
  schema_version: true,
  id: true,
  started_at: true,
  sandbox: true,
  partial: true,
  prompts: true,
  baseline: true,
  margin: true,
  contestants: true,
  pairs: true,
  verdicts: true,
  recommendations: true,
  judges: true,
  agreement: true,
  losses: true,
  cost_usd: true,
  spent_usd: true,
  cost_source: true,
  duration_ms: true,
  warnings: true,
};
const MEASURES: Record<keyof Measures, true> = { n: true, failed: true, accuracy: true, board: true, cost_usd: true };
const CONTESTANT: Record<keyof ContestantReport, true> = {
  ...MEASURES,
  name: true,
  role: true,
  models: true,
  strategy: true,
  samples: true,
  matches: true,
  is_baseline: true,
  missing: true,
  rating: true,
  on_hull: true,
  cost_source: true,
  first_token_ms: true,
  duration_ms: true,
  kinds: true,
};
const ACCURACY: Record<keyof Accuracy, true> = { value: true, low: true, high: true, right: true, of: true };
const BOARD: Record<keyof BoardLine, true> = {
  win_rate: true,
  standard_error: true,
  n_wins: true,
  n_wins_base: true,
  n_draws: true,
  n_total: true,
  discrete_win_rate: true,
  avg_length: true,
  length_controlled_winrate: true,
  lc_standard_error: true,
};
const PAIR: Record<keyof PairReport, true> = {
  a: true,
  b: true,
  basis: true,
  n: true,
  wins: true,
  losses: true,
  ties: true,
  difference: true,
  p: true,
  cost_ratio: true,
};
const VERDICT: Record<keyof VerdictReport, true> = {
  contestant: true,
  against: true,
  against_role: true,
  finding: true,
  kinds: true,
  cost_ratio: true,
  prompts_needed: true,
  sentence: true,
};
const JUDGE: Record<keyof JudgeReport, true> = {
  model: true,
  family: true,
  in_panel: true,
  looks: true,
  unreadable: true,
  position: true,
  longer_share: true,
  cost_usd: true,
};
const LOSS: Record<keyof LossReport, true> = {
  prompt: true,
  kind: true,
  question: true,
  reference: true,
  loser: true,
  winner: true,
  reason: true,
};
const AGREEMENT: Record<keyof AgreementReport, true> = { judges: true, n: true, same: true, kappa: true };
const RECOMMENDATION: Record<keyof Recommendation, true> = { kind: true, contestant: true, why: true };
const FINDING: Record<Finding, true> = { better: true, worse: true, not_worse: true, not_shown: true, too_few: true };
const BASIS: Record<Basis, true> = { reference: true, check: true, judge: true, mixed: true };
const ROLE: Record<Contestant['role'], true> = { mixture: true, model: true, member: true, sampled: true, given: true };
const COST_SOURCE: Record<CostSource, true> = { reported: true, computed: true, estimated: true, partial: true, unknown: true };

const sorted = (values: Iterable<string> | undefined) => [...(values ?? [])].sort();

const mix = (row: string): Entrant => ({ name: 'mix', role: 'mixture', strategy: 'fuse', row, length: 300, cost: 0.02 });
const judged = evalData([mix('?'.repeat(39).concat('!')), { name: 'one', row: '?'.repeat(40), length: 200 }], {
  kinds: ['math', 'code'],
  comparisons: ['x', 'y'].flatMap((judge) => Array.from({ length: 39 }, (_, i) => compared(i, 0, 1, i % 3 === 0 ? 0.2 : 0.9, judge))),
});
const scored = evalData(
  [
    mix('1011'.repeat(30)),
    { name: 'one', row: '1101'.repeat(30), cost: null },
    { name: 'mix x2', role: 'sampled', matches: ['mix'], samples: 2, row: '1111'.repeat(30) },
  ],
  { kinds: ['math', 'writing'] },
);
const loss: LossReport = {
  prompt: 'p1',
  kind: 'math',
  question: 'q',
  reference: null,
  loser: { name: 'mix', text: null },
  winner: { name: 'one', text: 'a' },
  reason: 'it is right',
};

describe('the schema of an evaluation', () => {
  const report = reportOf(scored, { losses: [loss] });

  it.each([
    ['scored by references', report],
    ['judged, with a failure', reportOf(judged)],
    ['of too few prompts', reportOf(evalData([mix('10'), { name: 'one', row: '01' }]))],
    [
      'that was ended before anybody was asked',
      reportOf(evalData([mix('--')]), { partial: { code: 'cost_cap', message: 'cap' }, spent_usd: null }),
    ],
    ['of answers that were given', reportOf(evalData([{ name: 'a', role: 'given', row: '?', cost: null }]))],
    ['that others are made from', sampleReport()],
  ])('takes a report %s', (_what, value) => {
    expect(problems(value)).toEqual([]);
  });

  it('holds no number that JSON has no word for', () => {
    for (const each of [report, reportOf(judged)]) expect(JSON.parse(JSON.stringify(each))).toEqual(each);
  });

  it.each(Object.keys(REPORT))('refuses one without %s', (key) => {
    expect(problems({ ...report, [key]: undefined })).not.toEqual([]);
  });

  it('refuses an unknown key, here and in what it holds', () => {
    expect(problems({ ...report, more: 1 })).not.toEqual([]);
    for (const list of ['contestants', 'pairs', 'verdicts', 'losses'] as const) {
      expect(problems({ ...report, [list]: [{ ...report[list][0], more: 1 }] }), list).not.toEqual([]);
    }
  });

  it('refuses a kind of prompt that there is none of', () => {
    expect(problems({ ...report, verdicts: [{ ...report.verdicts[0], kinds: { poetry: 'better' } }] })).not.toEqual([]);
  });

  it('names and requires every key of a report', () => {
    expect(sorted(Object.keys(schema.properties ?? {}))).toEqual(sorted(Object.keys(REPORT)));
    expect(sorted(schema.required)).toEqual(sorted(Object.keys(REPORT)));
  });

  it.each([
    ['contestant', CONTESTANT],
    ['measures', MEASURES],
    ['accuracy', ACCURACY],
    ['board', BOARD],
    ['pair', PAIR],
    ['verdict', VERDICT],
    ['judge', JUDGE],
    ['loss', LOSS],
    ['agreement', AGREEMENT],
    ['recommendation', RECOMMENDATION],
  ])('names and requires every key of a %s', (name, keys) => {
    const part = schema.$defs[name];
    expect(sorted(Object.keys(part?.properties ?? {}))).toEqual(sorted(Object.keys(keys)));
    expect(sorted(part?.required)).toEqual(sorted(Object.keys(keys)));
  });

  it.each([
    ['finding', Object.keys(FINDING)],
    ['basis', Object.keys(BASIS)],
    ['role', Object.keys(ROLE)],
    ['cost_source', Object.keys(COST_SOURCE)],
    ['kind', EVAL_KINDS],
  ])('knows every %s', (name, values) => {
    expect(sorted(schema.$defs[name]?.enum)).toEqual(sorted(values));
  });
});
