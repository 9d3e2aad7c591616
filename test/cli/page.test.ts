import { describe, expect, it } from 'vitest';
import { runPage } from '../../src/cli/view/page/index.js';
import { timeScale } from '../../src/cli/view/page/scale.js';
import type { StoredRun } from '../../src/core/history.js';
import { callRecord, events, LAYERED_BODIES, resultOf } from '../observe/sample-run.js';
import { storedRun } from '../support/stored-run.js';

const HOSTILE = '<b onclick="x">&amp;\'"</b>';
const ESCAPED = '&#60;b onclick=&#34;x&#34;&#62;&#38;amp;&#39;&#34;&#60;/b&#62;';

/** What a reader sees of a part of the page, without markup. */
function textOf(page: string, from: string, to: string): string {
  const start = page.indexOf(from);
  const end = page.indexOf(to, start);
  if (start === -1 || end === -1) throw new Error(`the page has no ${start === -1 ? from : to}`);
  return page
    .slice(start + from.length, end)
    .replace(/<[^>]*>/g, ' ')
    .replace(/\s+/g, ' ')
    .trim();
}

const section = (page: string, name: string) => textOf(page, `<h2 id="${name}">`, '</section>');
const withAnswer = (answer: string, changes: Partial<StoredRun> = {}) =>
  runPage(storedRun({ result: { answer, tool_calls: [] } }, changes));
const rendered = async (markdown: string) => {
  const page = await withAnswer(markdown);
  return /<div class="text" lang="" dir="auto">(.*?)\n?<\/div>\n<details>/s.exec(page)?.[1];
};

describe('the page of a run', () => {
  it('forbids everything but its own style', async () => {
    const page = await runPage(storedRun());
    expect(page.match(/http-equiv="Content-Security-Policy" content="([^"]*)"/)?.[1]).toBe(
      'default-src &#39;none&#39;; style-src &#39;unsafe-inline&#39;; base-uri &#39;none&#39;; form-action &#39;none&#39;',
    );
    expect(page).toContain('<meta name="referrer" content="no-referrer">');
    expect(page).not.toMatch(/<script|@import|url\((?!#)|\bsrc=|<link/);
  });

  it('says at the top what became of it and what is wrong', async () => {
    const page = await runPage(
      storedRun({
        origin: {
          parent: '20260130-081500-0a1b2c',
          link: 'resumed',
          conversation: '20260129-081500-0a1b2c',
          door: 'serve',
          client: 'laptop',
        },
        result: { error: { code: 'no_answer', message: 'no model answered', hint: 'ask another' } },
      }),
    );
    expect(textOf(page, '<h1>', '</main>')).toContain('mom 2026-01-31 08:15:00 UTC ◐ degraded');
    const facts = textOf(page, '<dl class="facts">', '</dl>');
    for (const fact of [
      'took 240 ms',
      'mixture default, fuse (the classifier says: medium writing)',
      'asked through mom serve, by laptop',
      'resumes 20260130-081500-0a1b2c',
      'conversation 20260129-081500-0a1b2c',
      'run 20260131-081500-0a1b2c',
    ])
      expect(facts).toContain(fact);
    expect(textOf(page, '<p class="notice error">', '</p>')).toBe('✕ Error no model answered (no_answer) ask another');
    expect(textOf(page, '<p class="notice warning">', '</p>')).toBe('⚠ Warning other/two failed');
    expect(page).not.toContain('class="notice sandbox"');
  });

  it('shows question, answer, proposals and what the critic was sent', async () => {
    const page = await runPage(storedRun());
    expect(section(page, 'question')).toBe('Question Before it: system System Be brief. What is it? (image: data:image/png)');
    expect(section(page, 'answer')).toBe(
      'Answer final answer by acme/one 42 As it was written 42 Calls the tool write_note {&#34;text&#34;:&#34;42&#34;}',
    );
    const proposals = section(page, 'proposals');
    expect(proposals).toContain('acme/one p1 · family acme ✓ answered');
    expect(proposals).toContain('It is 42.');
    expect(proposals).toContain('other/two p2 · family other · critical ✕ failed');
    expect(proposals).toContain('other/two: 401, no such key');
    expect(proposals).toContain('○ not asked');
    expect(proposals).toContain('Layer 2 acme/one p1.2 · family acme ↺ kept from an earlier run');
    expect(section(page, 'prompts')).toMatch(
      /^Between proposals and answer What the critic was sent \(c1, acme\/one\) Assistant \(calls look: .* Tool a number User What is it\? &#60;candidate A1 x&#62;/,
    );
  });

  it('has what each call has cost and who says so, and never takes unknown for nothing', async () => {
    const run = storedRun();
    const calls = [callRecord({ cost_usd: 0.0123 }), callRecord({ id: 'p2', usage: null, cost_usd: null, cost_source: 'unknown' })];
    const page = await runPage({
      ...run,
      result: {
        ...run.result,
        calls,
        proposals: calls,
        usage: { ...run.result.usage, input_tokens: 10, output_tokens: 5 },
        cost_usd: 0.0123,
        cost_source: 'partial',
      },
    });
    const costs = section(page, 'costs');
    expect(costs).toContain('p1 proposer acme/one answered as acme/one-2026 ✓ answered 20 ms 120 ms 300 ms 10 5 $0.01 reported');
    expect(costs).toContain('p2 proposer acme/one answered as acme/one-2026 ✓ answered 30 ms 120 ms 300 ms unknown unknown cost unknown');
    expect(costs).toMatch(/Sum .* at least 10 at least 5 at least \$0\.01 reported, 1 call of unknown price/);
    expect(costs).not.toContain('$0.00');
  });

  it('of a run of the sandbox says that the models are simulated, and shows no dollars', async () => {
    const page = await runPage(storedRun({ origin: { sandbox: true } }));
    expect(textOf(page, '<p class="notice sandbox">', '</p>')).toMatch(/^⚗ Sandbox The models of this run are simulated or recorded/);
    expect(page).toContain('nothing, simulated');
    expect(page).not.toMatch(/\$\d/);
  });

  it('without texts shows the numbers and says so', async () => {
    const run = storedRun({ summary: { question: null } }, { content: false, messages: [], prompts: {} });
    const bare = run.result.calls.map((call) => ({ ...call, text: null }));
    const page = await runPage({
      ...run,
      result: { ...run.result, answer: null, tool_calls: [], calls: bare, proposals: bare, critic: bare.at(-1) ?? null },
    });
    expect(textOf(page, '<p class="notice numbers">', '</p>')).toBe(
      'ⓘ Numbers only Question, prompts and answers of this run were not kept (log.content: false).',
    );
    expect(page).not.toMatch(/id="question"|id="prompts"|class="text"/);
    expect(section(page, 'answer')).toBe('Answer final answer by acme/one Its text was not kept.');
    expect(section(page, 'costs')).toContain('120 ms');
    expect(page).toContain('<title>20260131-081500-0a1b2c · mom</title>');
  });

  it('of a run that asked nobody has no timeline and no table', async () => {
    const page = await runPage(storedRun({ result: { calls: [], proposals: [], critic: null, answer_source: 'cache', tool_calls: [] } }));
    expect(page).not.toMatch(/<svg|<table|id="proposals"/);
    expect(section(page, 'answer')).toContain('answer from the cache');
  });

  it('tells a broken-off answer and an unmerged one from a whole one', async () => {
    const broken = await runPage(storedRun({ result: { status: 'failed', answer: 'It is', tool_calls: [] } }));
    expect(section(broken, 'answer')).toMatch(/^Answer, broken off/);
    const unmerged = await runPage(storedRun({ result: { answer: null, answer_source: null, tool_calls: [] } }));
    expect(section(unmerged, 'answer')).toBe('Answer Nobody was asked to merge the proposals.');
  });

  it('shows an answer for programs as it is', async () => {
    const page = await runPage(
      storedRun({
        origin: { format: { name: 'answer', schema: {}, strict: true } as never },
        result: { answer: '{"a": "*b*"}', tool_calls: [] },
      }),
    );
    expect(section(page, 'answer')).toContain('{&#34;a&#34;: &#34;*b*&#34;}');
    expect(page).not.toContain('As it was written');
  });

  it('escapes every text and id', async () => {
    const call = callRecord({
      id: HOSTILE,
      model: HOSTILE,
      resolved_model: `${HOSTILE}2`,
      family: HOSTILE,
      role: HOSTILE,
      text: null,
      status: 'failed',
      error: { code: 'no_answer', message: HOSTILE, hint: HOSTILE, status: null },
    });
    const critic = { ...call, kind: 'critic' as const, text: HOSTILE };
    const page = await runPage(
      storedRun(
        {
          summary: { id: HOSTILE, question: HOSTILE },
          origin: { parent: HOSTILE, conversation: HOSTILE, door: 'serve', client: HOSTILE },
          result: {
            mixture: HOSTILE,
            route_reason: HOSTILE,
            proposals: [call],
            calls: [call, critic],
            critic,
            tool_calls: [{ id: HOSTILE, name: HOSTILE, arguments: HOSTILE }],
            warnings: [{ code: HOSTILE, message: HOSTILE }],
            error: { code: 'no_answer', message: HOSTILE, hint: HOSTILE },
          },
        },
        { messages: [{ role: 'user', name: HOSTILE, content: HOSTILE }], prompts: { [HOSTILE]: [{ role: 'user', content: HOSTILE }] } },
      ),
    );
    expect(page).not.toContain('<b onclick');
    expect(page.split(ESCAPED).length).toBeGreaterThan(25);
  });
});

describe('the timeline', () => {
  it('has a bar for each call from its start to its end, split at its first token, and says so in words', async () => {
    const run = storedRun();
    const calls = [
      callRecord({ first_token_ms: 1_000, duration_ms: 4_000 }),
      callRecord({
        id: 'p2',
        status: 'failed',
        first_token_ms: null,
        duration_ms: 2_000,
        error: { code: 'timeout', message: 'too late', hint: null, status: null },
      }),
      callRecord({ id: 'p3', status: 'cancelled', first_token_ms: 500, duration_ms: 5_000 }),
      callRecord({ id: 'p4', attempts: 0 }),
      callRecord({ id: 'c1', kind: 'critic', first_token_ms: 500, duration_ms: 5_000 }),
    ];
    const page = await runPage({
      ...run,
      started: { p1: 0, p2: 0, p3: 0, c1: 5_000 },
      result: { ...run.result, duration_ms: 10_000, calls, proposals: calls.slice(0, 4) },
    });
    expect(textOf(page, '<desc id="timeline-rows">', '</desc>')).toBe(
      [
        'p1, proposer acme/one: asked at 0 ms, first token at 1.0 s, answered at 4.0 s.',
        'p2, proposer acme/one: asked at 0 ms, failed at 2.0 s (timeout).',
        'p3, proposer acme/one: asked at 0 ms, first token at 500 ms, cut at 5.0 s.',
        'p4, proposer acme/one: kept from an earlier run.',
        'c1, critic acme/one: asked at 5.0 s, first token at 5.5 s, answered at 10 s.',
      ].join(' '),
    );
    expect(page.match(/<g class="call[^"]*"/g)).toEqual(
      ['proposer is-answered', 'proposer is-failed', 'proposer is-cut', 'proposer is-kept', 'critic is-answered'].map(
        (kind) => `<g class="call kind-${kind}"`,
      ),
    );
    const bars = [...page.matchAll(/<rect class="(waiting|writing|none)" x="([\d.]+%)" y="\d+" width="([\d.]+%?)"/g)];
    expect(bars.map((bar) => bar.slice(1))).toEqual([
      ['waiting', '1.2%', '9.76%'],
      ['writing', '10.96%', '29.28%'],
      ['writing', '1.2%', '19.52%'],
      ['writing', '1.2%', '48.8%'],
      ['none', '1.2%', '28'],
      ['waiting', '50%', '4.88%'],
      ['writing', '54.88%', '43.92%'],
    ]);
    expect(textOf(page, '<ul class="legend">', '</ul>')).toBe(
      'waiting for the first token first token writing failed cut kept from an earlier run',
    );
    expect(textOf(page, '<g class="grid" aria-hidden="true">', '</g>')).toBe('0 s 2 s 4 s 6 s 8 s 10 s');
  });

  it('shows every stage of a run', async () => {
    const all = events(LAYERED_BODIES);
    const page = await runPage(storedRun({}, { result: resultOf(all), started: {} }));
    const kinds = [...page.matchAll(/<g class="call kind-(\w+)/g)].map(([, kind]) => kind);
    expect(kinds).toEqual(['embedding', 'router', 'proposer', 'proposer', 'proposer', 'judge', 'verifier']);
    expect(section(page, 'proposals')).toContain('★ the answer');
    expect(section(page, 'prompts')).toContain('What the judge said (c1, acme/one) Assistant Both are right. VERDICT: B1');
  });

  it.each([
    [0, ['0.000 s', '0.002 s', '0.004 s', '0.006 s', '0.008 s', '0.010 s']],
    [32, ['0.00 s', '0.01 s', '0.02 s', '0.03 s']],
    [999, ['0.0 s', '0.2 s', '0.4 s', '0.6 s', '0.8 s']],
    [4_000, ['0 s', '1 s', '2 s', '3 s', '4 s']],
    [61_000, ['0 s', '20 s', '40 s', '60 s']],
    [300_000, ['0 s', '50 s', '100 s', '150 s', '200 s', '250 s', '300 s']],
  ])('has an axis in seconds for %d ms', (last, labels) => {
    expect(timeScale(last).ticks.map(({ label }) => label)).toEqual(labels);
  });
});

describe('Markdown on the page', () => {
  it('is headings, lists, tables, struck-out text and highlighted code', async () => {
    expect(await rendered('## A\n\n1. *b*\n2. ~~c~~')).toBe('<h2>A</h2>\n<ol>\n<li><em>b</em></li>\n<li><s>c</s></li>\n</ol>');
    expect(await rendered('|a|\n|-:|\n|1|')).toContain('<th style="text-align:right">a</th>');
    expect(await rendered('```js\nconst a = "<b>"; // c\n```')).toBe(
      '<pre><code class="language-js"><span class="code-keyword">const</span> a = <span class="code-string">&#34;&#60;b&#62;&#34;</span>; <span class="code-comment">// c</span>\n</code></pre>',
    );
    expect(await rendered('```no-such-language\n<b>\n```')).toBe('<pre><code class="language-no-such-language">&lt;b&gt;\n</code></pre>');
  });

  it('leaves long code plain, and so the rest when there is much of it', async () => {
    const fence = (lines: number) => `\`\`\`js\n${'let a;\n'.repeat(lines)}\`\`\`\n`;
    expect(await rendered(fence(2_857))).toContain('code-keyword');
    expect(await rendered(fence(2_858))).not.toContain('code-keyword');
    const many = String(await rendered(fence(2_000).repeat(8))).split('<pre>');
    expect(many.slice(1).map((piece) => piece.includes('code-keyword'))).toEqual([true, true, true, true, true, true, true, false]);
  });

  it.each([
    ['[a](https://example.com/?b=1&c=2 "d")', '<p><a href="https://example.com/?b=1&amp;c=2" title="d" rel="noreferrer">a</a></p>'],
    ['[a](mailto:b@example.com)', '<p><a href="mailto:b@example.com" rel="noreferrer">a</a></p>'],
    ['https://example.com/a, b', '<p><a href="https://example.com/a" rel="noreferrer">https://example.com/a</a>, b</p>'],
    ['example.com and a@example.com', '<p>example.com and a@example.com</p>'],
    ['[a](javascript:b)', '<p>[a](javascript:b)</p>'],
    ['[a](JavaScript&colon;b)', '<p>[a](JavaScript:b)</p>'],
    ['[a](//example.com/b)', '<p>[a](//example.com/b)</p>'],
    ['[a](b.html)', '<p>[a](b.html)</p>'],
    ['[a](file:///etc/passwd)', '<p>[a](file:///etc/passwd)</p>'],
    ['![a](data:image/png;base64,AA)', '<p>![a](data:image/png;base64,AA)</p>'],
    ['![<a"](https://example.com/b.png)', '<p><a href="https://example.com/b.png" rel="noreferrer">[image: &#60;a&#34;]</a></p>'],
    ['![](https://example.com/b.png)', '<p><a href="https://example.com/b.png" rel="noreferrer">[image: without a name]</a></p>'],
    [
      '[![a](https://example.com/b.png)](https://example.com/)![c](https://example.com/d.png)',
      '<p><a href="https://example.com/" rel="noreferrer">[image: a]</a><a href="https://example.com/d.png" rel="noreferrer">[image: c]</a></p>',
    ],
    ['a <i>b</i> <!-- c -->', '<p>a &lt;i&gt;b&lt;/i&gt; &lt;!-- c --&gt;</p>'],
    ['a\u001b[2J\u0007\u009b\u202eb\u2066\u200f\u0000', '<p>a⟨U+001B⟩[2J⟨U+0007⟩⟨U+009B⟩⟨U+202E⟩b⟨U+2066⟩⟨U+200F⟩\ufffd</p>'],
    ['&#x202e;a', '<p>⟨U+202E⟩a</p>'],
  ])('makes of %j what can do no harm', async (markdown, wanted) => {
    expect(await rendered(markdown)).toBe(wanted);
  });
});
