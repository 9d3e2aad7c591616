import type {
  ContestantReport,
  Estimate,
  EvalReport,
  JudgeReport,
  LossReport,
  PairReport,
  VerdictReport,
} from '../../src/core/eval/report.js';

const PROMPTS = 240;

/** An estimate whose interval reaches as far to both sides. */
export function estimate(value: number, reach: number): Estimate {
  return { value, low: value - reach, high: value + reach };
}

interface Known {
  name: string;
  right: number;
  cost: number | null;
  win?: number;
  length?: number;
}

/** A contestant as an evaluation with references and a judge has it: `right` of 240 prompts, `win` per cent against the baseline. */
export function sampleContestant({ name, right, cost, win, length }: Known, changes: Partial<ContestantReport> = {}): ContestantReport {
  const share = right / PROMPTS;
  const accuracy = { ...estimate(share, 1.96 * Math.sqrt((share * (1 - share)) / PROMPTS)), right, of: PROMPTS };
  const measures = {
    n: PROMPTS,
    failed: 0,
    accuracy,
    board: win === undefined ? null : board(win, length ?? 1_200),
    cost_usd: costOf(cost),
  };
  return {
    ...measures,
    name,
    role: 'member',
    models: [name],
    strategy: null,
    samples: null,
    matches: [],
    is_baseline: false,
    missing: 0,
    rating: win === undefined ? null : { plain: estimate(ratingOf(win), 42), style_controlled: estimate(ratingOf(win) - 12, 45) },
    on_hull: cost === null ? null : false,
    cost_source: cost === null ? 'unknown' : 'computed',
    first_token_ms: { median: 240 + 2 * right, p95: 1_310 },
    duration_ms: { median: 1_100 + 15 * right, p95: 6_200 + 30 * right },
    kinds: { math: { ...measures, n: 160 }, code: { ...measures, n: 80 } },
    ...changes,
  };
}

function costOf(cost: number | null): Estimate | null {
  return cost === null ? null : estimate(cost, cost * 0.08);
}

function board(win: number, length: number): ContestantReport['board'] {
  const wins = Math.round((win / 100) * 230);
  return {
    win_rate: win,
    standard_error: 1.71,
    n_wins: wins,
    n_wins_base: 230 - wins,
    n_draws: 10,
    n_total: PROMPTS,
    discrete_win_rate: (100 * (wins + 5)) / PROMPTS,
    avg_length: length,
    length_controlled_winrate: win - (length - 1_200) / 100,
    lc_standard_error: 1.2,
  };
}

/** 400 points are odds of 10 to 1. */
function ratingOf(win: number): number {
  return 1_000 + 400 * Math.log10(win / (100 - win));
}

const CONTESTANTS: readonly ContestantReport[] = [
  sampleContestant(
    { name: 'cheap-first:cascade', right: 215, cost: 0.0089, win: 56.2, length: 1_180 },
    { role: 'mixture', models: ['acme/small', 'acme/large'], strategy: 'cascade', on_hull: true },
  ),
  sampleContestant({ name: 'acme/large', right: 213, cost: 0.0153, win: 55.1, length: 1_240 }),
  sampleContestant(
    { name: 'acme/large x4', right: 212, cost: 0.0611, win: 54.4, length: 1_420 },
    { role: 'sampled', models: ['acme/large'], strategy: 'self', samples: 4, matches: ['default'] },
  ),
  sampleContestant(
    { name: 'default', right: 189, cost: 0.0588, length: 1_610 },
    { role: 'mixture', models: ['acme/large', 'other/medium', 'third/tiny'], strategy: 'fuse', is_baseline: true, failed: 3, missing: 2 },
  ),
  sampleContestant({ name: 'other/medium', right: 164, cost: null, win: 38.3, length: 990 }),
  sampleContestant({ name: 'third/tiny', right: 97, cost: 0.00042, win: 17.9, length: 640 }, { on_hull: true }),
];

/** Everybody against everybody, as the contestants' shares of right answers have it. */
export function pairsOf(contestants: readonly ContestantReport[]): PairReport[] {
  return contestants.flatMap((a, n) => contestants.slice(n + 1).map((b) => pairOf(a, b)));
}

function pairOf(a: ContestantReport, b: ContestantReport): PairReport {
  const points = 100 * ((a.accuracy?.value ?? 0.5) - (b.accuracy?.value ?? 0.5));
  const decided = Math.round((Math.abs(points) / 100) * PROMPTS);
  const [wins, losses] = points >= 0 ? [decided + 9, 9] : [9, decided + 9];
  return {
    a: a.name,
    b: b.name,
    basis: a.accuracy !== null && b.accuracy !== null ? 'reference' : 'judge',
    n: PROMPTS,
    wins,
    losses,
    ties: PROMPTS - wins - losses,
    difference: estimate(points, 4.4),
    p: Math.abs(points) > 4.4 ? 0.0004 : 0.62,
    cost_ratio: a.cost_usd === null || b.cost_usd === null ? null : a.cost_usd.value / b.cost_usd.value,
  };
}

const VERDICTS: readonly VerdictReport[] = [
  {
    contestant: 'default',
    against: 'acme/large',
    against_role: 'best_single',
    finding: 'worse',
    kinds: { math: 'worse', code: 'not_shown' },
    cost_ratio: 3.84,
    prompts_needed: null,
    sentence:
      'default is worse than acme/large alone: 78.8 % against 88.8 % right (10.0 points less, 95 % interval 5.6 to 14.4), at 3.8 times its price; worse for math, not shown for code.',
  },
  {
    contestant: 'default',
    against: 'acme/large x4',
    against_role: 'sampled',
    finding: 'not_shown',
    kinds: {},
    cost_ratio: 0.96,
    prompts_needed: 610,
    sentence: 'default against acme/large x4: nothing is shown; to show a difference like the one seen here takes about 610 prompts.',
  },
  {
    contestant: 'cheap-first:cascade',
    against: 'acme/large',
    against_role: 'best_single',
    finding: 'not_worse',
    kinds: { math: 'not_worse', code: 'better' },
    cost_ratio: 0.58,
    prompts_needed: null,
    sentence:
      'cheap-first:cascade is not worse than acme/large alone: 89.6 % against 88.8 % right (0.8 points more, -1.2 to 2.8, margin 2), at 0.58 times its price.',
  },
];

const JUDGES: readonly JudgeReport[] = [
  {
    model: 'fourth/judge',
    family: 'fourth',
    in_panel: false,
    looks: 2_400,
    unreadable: 31,
    position: { first_share: 0.587, p: 0.0002, consistent: 0.81 },
    longer_share: 0.642,
    cost_usd: 4.12,
  },
  {
    model: 'preferences.jsonl',
    family: null,
    in_panel: false,
    looks: 1_200,
    unreadable: 0,
    position: null,
    longer_share: null,
    cost_usd: 0,
  },
];

/** A loss with texts as models write them. */
export function sampleLoss(changes: Partial<LossReport> = {}): LossReport {
  return {
    prompt: 'gsm-17',
    kind: 'math',
    question: 'A train leaves at 8:15 and takes 2 hours and 50 minutes.\nWhen does it arrive?',
    reference: '11:05',
    loser: { name: 'default', text: 'It takes **2:50**, so it arrives at 10:05.\n\n#### 10:05' },
    winner: { name: 'acme/large', text: '8:15 + 2:50 = 11:05\n\n#### 11:05' },
    reason: 'A is right: 15 and 50 minutes are 65, which carries one hour. B lost that hour.',
    ...changes,
  };
}

/** A whole report: a mixture that is worse than its best member, one that is as good at a lower price, and what surrounds them. */
export function sampleReport(overrides: Partial<EvalReport> = {}): EvalReport {
  const contestants = overrides.contestants ?? CONTESTANTS;
  return {
    schema_version: 1,
    id: '20260131-081500-e1b2c3',
    started_at: '2026-01-31T08:15:00.000Z',
    sandbox: false,
    partial: null,
    prompts: { total: PROMPTS, complete: PROMPTS - 2, by_reference: 200, by_check: 0, by_judge: 40, unscored: 0 },
    baseline: 'default',
    margin: 2,
    contestants,
    pairs: pairsOf(contestants),
    verdicts: VERDICTS,
    recommendations: [
      { kind: null, contestant: 'cheap-first:cascade', why: 'It is not worse than acme/large and costs 0.58 times as much.' },
      { kind: 'code', contestant: 'cheap-first:cascade', why: 'It is better for code than every other one.' },
    ],
    judges: JUDGES,
    agreement: [{ judges: ['fourth/judge', 'preferences.jsonl'], n: 612, same: 0.78, kappa: 0.54 }],
    losses: [
      sampleLoss(),
      sampleLoss({
        prompt: 'code-3',
        kind: 'code',
        question: 'Reverse a list in Python.',
        reference: null,
        loser: { name: 'default', text: null },
        winner: { name: 'third/tiny', text: 'list(reversed(items))' },
        reason: null,
      }),
    ],
    cost_usd: 38.4,
    spent_usd: 12.05,
    cost_source: 'partial',
    duration_ms: 1_284_000,
    warnings: [
      { code: 'contestant_fails', message: 'default failed on 3 of 238 prompts; they count as wrong' },
      {
        code: 'judge_position',
        message: 'fourth/judge prefers what it sees first: 58.7 % of the decided looks; both orders were averaged, which corrects it',
      },
    ],
    ...overrides,
  };
}
