import { describe, expect, it } from 'vitest';
import { evalPage } from '../../../../src/cli/view/eval-page/index.js';
import { runPage } from '../../../../src/cli/view/page/index.js';
import type { ContestantReport, EvalReport } from '../../../../src/core/eval/report.js';
import { estimate, pairsOf, sampleContestant, sampleLoss, sampleReport } from '../../../support/eval-report.js';
import { storedRun } from '../../../support/stored-run.js';
import { readMarkup, sectionText } from './markup.js';

const HOSTILE = `"><script>alert(1)</script><img src=x onerror='x'>&amp; </style></title></pre> \u202eevil\u202c \u0000\u001b[31m שלום 👩‍👩‍👧‍👦 https://evil.example/`;

const ALL = [
  'contestants',
  'picture',
  'matrix',
  'length',
  'latency',
  'kinds',
  'judges',
  'losses',
  'recommendations',
  'warnings',
  'methods',
];

function sectionsOf(page: string): string[] {
  return [...page.matchAll(/<section aria-labelledby="([a-z]+)">/g)].map(([, id]) => String(id));
}

function many(n: number, changes: (k: number) => Partial<ContestantReport> = () => ({})): ContestantReport[] {
  return Array.from({ length: n }, (_, k) =>
    sampleContestant(
      { name: `family-${k}/model-${k}`, right: 230 - 5 * k, cost: 0.0004 * 1.4 ** k, win: 60 - k, length: 900 + 40 * k },
      { on_hull: k % 6 === 0, ...changes(k) },
    ),
  );
}

/** A report on these contestants only. */
function reportOf(contestants: ContestantReport[], changes: Partial<EvalReport> = {}): EvalReport {
  return sampleReport({ contestants, baseline: contestants[0]?.name ?? 'default', ...changes });
}

const bare = (one: ContestantReport): ContestantReport => ({
  ...one,
  accuracy: null,
  board: null,
  rating: null,
  cost_usd: null,
  cost_source: 'unknown',
  on_hull: null,
  first_token_ms: null,
  duration_ms: null,
  kinds: {},
});

const REPORTS: Readonly<Record<string, EvalReport>> = {
  'the sample': sampleReport(),
  'one contestant': reportOf(many(1), { verdicts: [], losses: [], recommendations: [] }),
  'thirty contestants': reportOf(many(30)),
  'thirty contestants in one place': reportOf(many(30, () => ({ cost_usd: estimate(0.01, 0), accuracy: null, board: null }))),
  'no costs': reportOf(
    many(5).map(({ name }, k) => sampleContestant({ name, right: 200 - 20 * k, cost: null, win: 60 - k })),
    { cost_usd: null, spent_usd: null, cost_source: 'unknown' },
  ),
  'costs of nothing': reportOf(many(4, (k) => ({ cost_usd: estimate(k < 2 ? 0 : 0.001 * 100 ** k, 0) }))),
  'only nothing': reportOf(many(3, () => ({ cost_usd: estimate(0, 0) }))),
  'only judged': reportOf(many(6, () => ({ accuracy: null }))),
  'only rated': reportOf(many(6, () => ({ accuracy: null, board: null }))),
  'only references': reportOf(
    many(6, () => ({ board: null, rating: null })),
    { judges: [], agreement: [] },
  ),
  'nothing measured': reportOf(many(3).map(bare), {
    pairs: [],
    verdicts: [],
    judges: [],
    agreement: [],
    losses: [],
    warnings: [],
    recommendations: [],
  }),
  'nobody at all': reportOf([], { verdicts: [], judges: [], losses: [] }),
  partial: sampleReport({ sandbox: true, partial: { code: 'over_budget', message: 'the cap of $5 is reached' } }),
  'numbers that are none': reportOf(
    many(3, () => ({
      accuracy: { ...estimate(Number.NaN, 1), right: 0, of: 0 },
      cost_usd: estimate(Number.POSITIVE_INFINITY, 0),
      duration_ms: { median: Number.NaN, p95: Number.NaN },
    })),
  ),
  'hostile texts': hostile(),
};

function hostile(): EvalReport {
  const contestants = many(4, (k) => ({
    name: `${k} ${HOSTILE} ${'long '.repeat(40)}`,
    models: [HOSTILE],
    matches: [HOSTILE],
    strategy: HOSTILE,
  }));
  return reportOf(contestants, {
    id: HOSTILE,
    started_at: HOSTILE,
    sandbox: true,
    partial: { code: HOSTILE, message: HOSTILE },
    pairs: pairsOf(contestants),
    verdicts: sampleReport().verdicts.map((one) => ({ ...one, contestant: HOSTILE, against: HOSTILE, sentence: HOSTILE })),
    recommendations: [{ kind: 'code', contestant: HOSTILE, why: HOSTILE }],
    judges: sampleReport().judges.map((one) => ({ ...one, model: HOSTILE, family: HOSTILE, in_panel: true })),
    agreement: [{ judges: [HOSTILE, HOSTILE], n: 3, same: 1, kappa: null }],
    losses: [
      sampleLoss({
        prompt: HOSTILE,
        question: HOSTILE,
        reference: HOSTILE,
        loser: { name: HOSTILE, text: HOSTILE },
        winner: { name: HOSTILE, text: HOSTILE.repeat(60) },
        reason: HOSTILE,
      }),
    ],
    warnings: [{ code: HOSTILE, message: HOSTILE }],
  });
}

describe.each(Object.entries(REPORTS))('the page of an evaluation with %s', (_, report) => {
  it('nests properly, shows numbers only where there are some, and loads nothing', async () => {
    const page = await evalPage(report);
    const { elements, attributes, text } = readMarkup(page);
    const words = [text, ...attributes].join('\n');
    expect(words.replaceAll(HOSTILE, '')).not.toMatch(/NaN|undefined|Infinity|\[object|\bnull\b/);
    expect(page.match(/<(script|img|iframe|link|object|form|input|a) /g)?.filter((tag) => tag !== '<a ') ?? []).toEqual([]);
    expect(attributes.filter((attribute) => /^(src|on\w+|xlink:href|action|data)=/i.test(attribute))).toEqual([]);
    expect(attributes.filter((attribute) => attribute.startsWith('href=')).every((href) => /^href="#[a-z]+"$/.test(href))).toBe(true);
    expect(/@import|url\(/.test(page)).toBe(false);
    expect(elements.filter((name) => name === 'table')).toHaveLength(elements.filter((name) => name === 'caption').length);
    const ids = attributes.filter((attribute) => attribute.startsWith('id='));
    expect(new Set(ids).size).toBe(ids.length);
    for (const href of attributes.filter((attribute) => attribute.startsWith('href=')))
      expect(ids).toContain(href.replace('href="#', 'id="'));
  });
});

describe('the page of an evaluation', () => {
  it('is as strict as the page of a run', async () => {
    const policy = (page: string) => /<meta http-equiv="Content-Security-Policy" content="([^"]*)">/.exec(page)?.[1];
    const page = await evalPage(sampleReport());
    expect(policy(page)).toBe(
      'default-src &#39;none&#39;; style-src &#39;unsafe-inline&#39;; base-uri &#39;none&#39;; form-action &#39;none&#39;',
    );
    expect(policy(page)).toBe(policy(await runPage(storedRun())));
  });

  it('has every section in its order, and leads to each of them', async () => {
    const page = await evalPage(sampleReport());
    expect(sectionsOf(page)).toEqual(ALL);
    expect([...page.matchAll(/<li><a href="#([a-z]+)">/g)].map(([, id]) => id)).toEqual(ALL);
    const places = ['id="verdict"', '<dl class="facts', '<nav ', 'id="contestants"'].map((part) => page.indexOf(part));
    expect(places).toEqual([...places].sort((a, b) => a - b));
    expect(places).not.toContain(-1);
  });

  it('leaves out what has no data', async () => {
    expect(sectionsOf(await evalPage(REPORTS['nothing measured']!))).toEqual(['contestants', 'recommendations', 'methods']);
    expect(sectionsOf(await evalPage(REPORTS['only references']!))).not.toContain('length');
    expect(sectionsOf(await evalPage(REPORTS['only references']!))).not.toContain('judges');
    expect(sectionsOf(await evalPage(sampleReport({ losses: [] })))).not.toContain('losses');
  });

  it('begins with the verdicts, each with a sign and words', async () => {
    const page = await evalPage(sampleReport());
    const start = page.indexOf('<section class="verdicts"');
    const { text } = readMarkup(page.slice(start, page.indexOf('</section>', start) + 10));
    expect(text).toMatch(
      /^Is the mixture worth it\? ▼ worse default against acme\/large \(the best single model\) default is worse than acme\/large alone: 78\.8 % against 88\.8 % right .* code: \? not shown math: ▼ worse \? not shown default against acme\/large x4 \(one model sampled at equal cost\)/,
    );
    expect(text).toContain('≈ not worse cheap-first:cascade against acme/large');
    expect(readMarkup(await evalPage(REPORTS['one contestant']!)).text).toContain(
      'There is no verdict, which takes a mixture and a single model;',
    );
  });

  it('says how many prompts a difference needs where the sentence does not', async () => {
    const [verdict] = sampleReport().verdicts;
    const note = 'A difference of the size found here needs about 1,200 prompts to be shown with a power of 80 %.';
    const textWith = async (finding: 'not_worse' | 'not_shown') =>
      readMarkup(await evalPage(sampleReport({ verdicts: [{ ...verdict!, finding, prompts_needed: 1_200 }] }))).text;
    expect(await textWith('not_worse')).toContain(note);
    expect(await textWith('not_shown')).not.toContain(note);
  });

  it('says before every number that they are simulated, and that it is partial', async () => {
    const { text } = readMarkup(await evalPage(REPORTS.partial!));
    const [sandbox, partial, facts] = [
      '⚗ Sandbox These are simulated and recorded models: their numbers say nothing about real models and real prices.',
      '◐ Partial Only 238 of 240 prompts are complete: the cap of $5 is reached (over_budget)',
      'prompts 240, 238 complete scored 200 by reference, 40 by judge judges fourth/judge, preferences.jsonl baseline default margin 2 points date 2026-01-31 08:15:00 UTC cost of all that is in it at least $38.40, simulated spent by this command at least $12.05, simulated took 21 m 24 s evaluation 20260131-081500-e1b2c3',
    ].map((said) => text.indexOf(said));
    expect([sandbox, partial, facts]).not.toContain(-1);
    expect(sandbox).toBeLessThan(partial!);
    expect(partial).toBeLessThan(facts!);
    const plain = readMarkup(await evalPage(sampleReport())).text;
    expect(plain).not.toMatch(/Sandbox|Partial|simulated/);
  });

  it('has a table with all measures and their intervals', async () => {
    const text = sectionText(await evalPage(sampleReport()), 'contestants');
    expect(text).toContain(
      'contestant right win rate length-controlled rating rating, style-controlled mean length cost per prompt answered',
    );
    expect(text).toContain(
      '1 cheap-first:cascade mixture, strategy cascade, on the hull acme/small, acme/large 89.6 % 85.7 to 93.4 215 of 240 56.2 % ± 1.71 129 won, 101 lost 10 tied 56.4 % ± 1.20 1043 1001 to 1085 1031 986 to 1076 1,180 $0.0089 $0.00819 to $0.00961 computed 240 of 240',
    );
    expect(text).toContain('sampled 4 times, strategy self, at the price of default');
    expect(text).toMatch(/4 default mixture, strategy fuse, baseline .* – baseline – .* 237 of 240 ✕ 3 failed 2 not asked/);
    expect(text).toMatch(/5 other\/medium member .* 990 unknown 240 of 240/);
    const judged = sectionText(await evalPage(REPORTS['only judged']!), 'contestants');
    expect(judged).toContain('contestant win rate length-controlled');
  });

  it('never shows an unknown price as a number', async () => {
    const page = await evalPage(REPORTS['no costs']!);
    for (const id of ['contestants', 'picture', 'matrix', 'kinds']) expect(sectionText(page, id)).not.toMatch(/\$\d|times the price/);
    expect(readMarkup(page).text).toContain('cost of all that is in it unknown spent by this command unknown');
  });

  it('has everybody against everybody, each pair seen from both sides', async () => {
    const page = await evalPage(sampleReport());
    const text = sectionText(page, 'matrix');
    expect(text).toContain(
      '1 cheap-first:cascade – +0.8 −3.6 to +5.2 11 won, 9 lost, 220 tied of 240 (by reference), p = 0.620, at 0.58 times the price',
    );
    expect(text).toMatch(/2 acme\/large −0\.8 −5\.2 to \+3\.6 – /);
    expect(text).toMatch(/● \+10\.8 \+6\.4 to \+15\.2/);
    expect(page).toContain(
      '<td class="behind-1" title="9 won, 11 lost, 220 tied of 240 (by reference), p = 0.620, at 1.72 times the price">−0.8',
    );
    expect(page.match(/<td class="(ahead|behind)-\d" tabindex="0"/g)).toHaveLength(15);
    expect(page.match(/<td class="(ahead|behind)-\d"/g)).toHaveLength(30);
  });

  it('says what longer answers gained, by judge', async () => {
    const text = sectionText(await evalPage(sampleReport()), 'length');
    expect(text).toContain('fourth/judge: the longer answer won 64.2 % of the decided pairs');
    expect(text).not.toContain('preferences.jsonl');
    expect(text).toContain('acme/large x4: 54.4 % won, 52.2 % length-controlled, 1,420 characters');
  });

  it('has latency, kinds and judges in tables', async () => {
    const page = await evalPage(sampleReport());
    expect(sectionText(page, 'latency')).toContain('acme/large 666 ms 95 %: 1.3 s 4.3 s 95 %: 13 s');
    expect(sectionText(page, 'kinds')).toContain(
      'contestant code (80) math (160) cheap-first:cascade 89.6 % right 85.7 to 93.4 56.2 % won ± 1.71 $0.0089 per prompt',
    );
    expect(sectionText(page, 'judges')).toContain('fourth/judge fourth 2,400 31 1.3 % 58.7 % p < 0.001 81.0 % 64.2 % $4.12');
    expect(sectionText(page, 'judges')).toContain('preferences.jsonl from a file 1,200 0 0.0 % – – – $0.00');
    expect(sectionText(page, 'judges')).toContain('fourth/judge and preferences.jsonl 612 78.0 % 0.54');
    const inPanel = await evalPage(sampleReport({ judges: [{ ...sampleReport().judges[0]!, in_panel: true }] }));
    expect(sectionText(inPanel, 'judges')).toContain("⚠ belongs to a contestant's family");
  });

  it('shows losses side by side as they were written, without an answer too', async () => {
    const page = await evalPage(sampleReport());
    const text = sectionText(page, 'losses');
    expect(text).toMatch(
      /gsm-17 math Question A train leaves .* Reference 11:05 ▼ lost: default It takes \*\*2:50\*\*, .* ▲ won: acme\/large 8:15 .* Why, in the judge's words A is right/,
    );
    expect(text).toContain('▼ lost: default ✕ It failed: there is no answer.');
    expect(page).toContain(
      '<pre class="turn" lang="" dir="auto" tabindex="0">\nIt takes **2:50**, so it arrives at 10:05.\n\n#### 10:05</pre>',
    );
  });

  it('folds long texts and shows of enormous ones the beginning', async () => {
    const long = (n: number, sign = 'x') => sampleLoss({ question: sign.repeat(n), reference: null, reason: null });
    const folded = await evalPage(sampleReport({ losses: [long(2_000)] }));
    expect(folded).toContain(
      `<details><summary>2,000 characters</summary>\n<pre class="turn" lang="" dir="auto" tabindex="0">\n${'x'.repeat(2_000)}</pre>`,
    );
    const cut = sectionText(await evalPage(sampleReport({ losses: [long(50_000)] })), 'losses');
    expect(cut).toContain(`50,000 characters ${'x'.repeat(6_000)} … and 44,000 more characters, which -o writes into the folder's files.`);
    const full = await evalPage(sampleReport({ losses: Array.from({ length: 40 }, () => long(50_000, '<')) }));
    expect(Buffer.byteLength(full)).toBeLessThan(300_000);
    expect(full).toContain('… and 49,700 more characters');
  });

  it('has recommendations, warnings and the sources of its methods', async () => {
    const page = await evalPage(sampleReport());
    expect(sectionText(page, 'recommendations')).toContain('for everything else: cheap-first:cascade It is not worse than acme/large');
    expect(sectionText(page, 'recommendations')).toContain('for code: cheap-first:cascade It is better for code');
    expect(sectionText(page, 'warnings')).toContain('⚠ default failed on 3 of 238 prompts; they count as wrong contestant_fails');
    const methods = sectionText(page, 'methods');
    for (const source of [
      'Wilson, 1927',
      'McNemar, 1947',
      'Rubin, 1981',
      'arXiv 2404.04475',
      "Bradley and Terry's model (1952)",
      'Arena-Hard',
      'Holm, 1979',
    ])
      expect(methods).toContain(source);
    const none = await evalPage(sampleReport({ recommendations: [] }));
    expect(sectionText(none, 'recommendations')).toBe('Recommendations None: what was found does not carry one.');
  });

  it('shows hostile texts as they were written', async () => {
    const page = await evalPage(REPORTS['hostile texts']!);
    expect(page).not.toContain('<script');
    for (const char of ['\u202e', '\u202c', '\u0000', '\u001b']) expect(page).not.toContain(char);
    expect(page).toContain('&#60;script&#62;alert(1)&#60;/script&#62;');
    expect(page).toContain('⟨U+202E⟩evil⟨U+202C⟩ ⟨U+0000⟩⟨U+001B⟩[31m שלום');
    expect(page).toMatch(/<bdi class="name">0 &#34;&#62;/);
  });

  it('stays below 300 KB with twelve contestants and their losses', async () => {
    const text = 'word '.repeat(2_000);
    const losses = Array.from({ length: 20 }, () =>
      sampleLoss({ question: text, loser: { name: 'default', text }, winner: { name: 'acme/large', text } }),
    );
    const page = await evalPage(reportOf(many(12), { losses }));
    expect(Buffer.byteLength(page)).toBeLessThan(300_000);
  });
});
