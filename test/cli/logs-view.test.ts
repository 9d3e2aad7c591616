import stringWidth from 'string-width';
import { describe, expect, it } from 'vitest';
import { runLines } from '../../src/cli/view/history/run-lines.js';
import { runTable } from '../../src/cli/view/history/run-table.js';
import { promptText, runText } from '../../src/cli/view/history/run-text.js';
import type { RunSummary, StoredRun } from '../../src/core/history.js';
import { runSummary, storedRun } from '../support/stored-run.js';

const NOW = new Date('2026-02-01T12:00:00');
const HOSTILE = 'safe\u001b]0;owned\u0007\u001b[2J\u009b31m\u202etext';
const LOCAL = new Date(2026, 0, 31, 8, 15, 5).toISOString();

const screen = (columns: number | null, color = false) => ({ columns, color, draws: true });
const table = (runs: readonly RunSummary[], columns = 140, color = false) => runTable(runs, screen(columns, color), NOW);
const widths = (text: string) => text.split('\n').map((line) => stringWidth(line));
const text = (run: StoredRun, columns: number | null = null, proposals = false) =>
  runText(run, [], proposals, { screen: screen(columns), render: null });

describe('the list of runs on a terminal', () => {
  const runs = [
    runSummary({ started_at: LOCAL }),
    runSummary({ started_at: '2025-06-15T12:00:00.000Z', status: 'degraded', cost_source: 'partial', duration_ms: 125_000 }),
    runSummary({ started_at: LOCAL, status: 'failed', cost_usd: null, cost_source: 'unknown', strategy: 'single', models: ['acme/one'] }),
    runSummary({ started_at: LOCAL, status: 'cancelled', sandbox: true, question: null }),
    runSummary({ started_at: LOCAL, cost_source: 'estimated' }),
  ];

  it('has a line for each', () => {
    expect(table(runs)).toBe(
      [
        'run                     when         status     asked            cost     took  question',
        '20260131-081500-0a1b2c  01-31 08:15  complete   default/fuse    $0.11     14 s  What is it?',
        '20260131-081500-0a1b2c  2025-06-15   degraded   default/fuse  ≥ $0.11  2 m 5 s  What is it?',
        '20260131-081500-0a1b2c  01-31 08:15  failed     acme/one            ?     14 s  What is it?',
        '20260131-081500-0a1b2c  01-31 08:15  cancelled  default/fuse  sandbox     14 s  (not kept)',
        '20260131-081500-0a1b2c  01-31 08:15  complete   default/fuse   ~$0.11     14 s  What is it?',
        '',
      ].join('\n'),
    );
  });

  it('paints each status in its colour', () => {
    const shown = table(runs, 140, true);
    for (const painted of ['\u001b[32mcomplete\u001b[39m', '\u001b[33mdegraded\u001b[39m', '\u001b[31mfailed\u001b[39m'])
      expect(shown).toContain(painted);
    expect(shown).toContain('\u001b[2mcancelled\u001b[22m');
  });

  it('cuts questions, then leaves out the duration, then what was asked', () => {
    const long = [runSummary({ started_at: LOCAL, question: 'How do I find the race condition in this program of mine?' })];
    expect(table(long, 100)).toContain('default/fuse  $0.11  14 s  How do I find the race co…\n');
    expect(table(long, 90)).toContain('complete  default/fuse  $0.11  How do I find the rac…\n');
    expect(table(long, 80)).toContain('complete  $0.11  How do I find the race co…\n');
  });

  const wide = runSummary({
    started_at: LOCAL,
    question: '東京の天気はどうですか 👩‍👩‍👧‍👦 '.repeat(10),
    models: ['very/long-model-name-of-a-vendor'],
    strategy: 'single',
  });

  it.each([200, 120, 100, 90, 80, 60, 40, 20])('fits %i columns, wide characters too', (columns) => {
    expect(Math.max(...widths(table([...runs, wide], columns)))).toBeLessThanOrEqual(columns);
  });

  it('is a block of lines for each run in 20 columns', () => {
    expect(table(runs.slice(0, 1), 20)).toBe(
      '20260131-081500-0a1b\n2c\nwhen: 01-31 08:15\nstatus: complete\nasked: default/fuse\ncost: $0.11\ntook: 14 s\nquestion: What is\nit?\n',
    );
  });

  it('lets no control sequence through, nor a second line', () => {
    const hostile = runSummary({ question: `${HOSTILE}\nsecond`, models: [HOSTILE], strategy: 'single' });
    const shown = table([hostile]);
    expect(shown).toContain('safetext second\n');
    // biome-ignore lint/suspicious/noControlCharactersInRegex: none of them may be there
    expect(shown).not.toMatch(/[\u0000-\u0009\u000b-\u001f\u007f-\u009f\u202e]/);
  });
});

describe('the list of runs for programs', () => {
  it('has ten fields a line, separated by tabs', () => {
    const runs = [
      runSummary({ question: 'one\ttwo\nthree' }),
      runSummary({ cost_usd: null, cost_source: 'unknown', question: null, duration_ms: 0.6 }),
      runSummary({ sandbox: true }),
      runSummary({ cost_source: 'partial' }),
    ];
    const common = ['20260131-081500-0a1b2c', '2026-01-31T08:15:00.123Z', 'complete', 'default', 'fuse', 'acme/one other/two'];
    expect(runLines(runs).split('\n')).toEqual([
      [...common, '0.11', 'reported', '14000', 'one two three'].join('\t'),
      [...common, '?', 'unknown', '1', ''].join('\t'),
      [...common, '?', 'sandbox', '14000', 'What is it?'].join('\t'),
      [...common, '0.11', 'partial', '14000', 'What is it?'].join('\t'),
      '',
    ]);
  });
});

describe('a run', () => {
  const whole = storedRun({ summary: { started_at: LOCAL } });

  it('is conversation, answer, facts and calls', () => {
    expect(
      runText(
        whole,
        [
          { id: 'later', link: 'continued' },
          { id: 'again', link: 'resumed' },
        ],
        false,
        { screen: screen(null), render: null },
      ),
    ).toBe(
      [
        '## System\n\nBe brief.\n',
        '## User\n\nWhat is it?\n\n(image: data:image/png)\n',
        '## Answer\n\n42\n\n(calls write_note: {"text":"42"})\n',
        '## Run\n',
        'run:        20260131-081500-0a1b2c',
        'started:    2026-01-31 08:15:05',
        'status:     degraded',
        'mixture:    default, fuse (the classifier says: medium writing)',
        'answer:     final answer by acme/one',
        'took:       240 ms',
        'tokens:     20 read, 10 written',
        'cost:       $0.004 reported and estimated',
        'next:       later',
        'resumed as: again',
        'warning:    other/two failed',
        'again:      mom ask --resume 20260131-081500-0a1b2c\n',
        'call  model      status                first token    took  tokens              cost',
        'p1    acme/one   answered                   120 ms  300 ms      15   $0.001 reported',
        'p2    other/two  failed (key_refused)               300 ms          $0.002 estimated',
        'p1.2  acme/one   answered                                                paid before',
        'c1    acme/one   answered                   120 ms  300 ms      15   $0.001 reported',
        'p3    acme/one   skipped',
        '',
      ].join('\n'),
    );
  });

  it('shows proposals before the answer where they are wanted', () => {
    expect(text(whole, null, true)).toContain(
      '## acme/one (p1)\n\nIt is 42.\n\n## other/two (p2, critical)\n\n(no answer: other/two: 401, no such key)\n\n## acme/one (p3)\n\n(not asked)\n\n## Layer 2: acme/one (p1.2)\n\nIt is 42.\n\n## Answer\n',
    );
  });

  it('shows proposals in place of an answer that nobody merged', () => {
    const unmerged = storedRun({ result: { answer: null, answer_source: null, tool_calls: [], status: 'complete' } });
    expect(text(unmerged)).toContain('## acme/one (p1)\n\nIt is 42.\n');
    expect(text(unmerged)).not.toContain('## Answer');
    expect(text(unmerged)).not.toContain('go on:');
  });

  it('tells how to go on with an answer, of a sandbox run there', () => {
    const answered = { result: { tool_calls: [], status: 'complete' as const } };
    expect(text(storedRun(answered))).toContain(
      'go on:   mom ask --from 20260131-081500-0a1b2c "..."\nagain:   mom ask --resume 20260131-081500-0a1b2c\n',
    );
    const simulated = text(storedRun({ ...answered, summary: { sandbox: true } }));
    expect(simulated).toContain('go on:   mom ask --sandbox --from 20260131-081500-0a1b2c "..."\n');
    expect(simulated).toContain('cost:    nothing: simulated and recorded models of the sandbox\n');
    expect(simulated).not.toContain('$');
  });

  it('names its parent, its client, what went wrong and what came of it', () => {
    const error = { code: 'timeout' as const, message: 'the run took too long', hint: 'raise --timeout' };
    const broken = storedRun({
      summary: { door: 'serve', client: 'laptop', parent: 'first', link: 'continued' },
      origin: { tools: true },
      result: { status: 'failed', answer: 'It i', tool_calls: [], error },
    });
    const shown = text(broken);
    expect(shown).toContain('## Answer, broken off\n\nIt i\n');
    expect(shown).toContain('asked by: laptop, through mom serve\n');
    expect(shown).toContain('goes on:  after first\n');
    expect(shown).toContain('error:    the run took too long (timeout)\nhint:     raise --timeout\n');
    expect(shown).not.toContain('again:');
    expect(text(storedRun({ summary: { parent: 'first', link: 'resumed' } }))).toContain('resumes: first\n');
  });

  it('has facts only where its texts were not kept', () => {
    const numbers = storedRun({ result: { answer: null } }, { content: false, messages: [], prompts: {} });
    expect(text(numbers)).toMatch(/^## Run\n\nrun: {5}20260131-081500-0a1b2c\n/);
    expect(text(numbers)).toContain('texts:   not kept (log.content: false)\n');
    expect(text(numbers)).not.toContain('--resume');
  });

  it.each([120, 60, 40, 20])('has facts and calls that fit %i columns', (columns) => {
    const facts = text(storedRun({ summary: { started_at: LOCAL } }, { content: false }), columns);
    expect(Math.max(...widths(facts))).toBeLessThanOrEqual(columns);
  });

  it('drives no terminal, and reaches a pipe to the letter', () => {
    const hostile = storedRun({ result: { answer: HOSTILE, tool_calls: [] } }, { messages: [{ role: 'user', content: HOSTILE }] });
    expect(text(hostile)).toContain(`## User\n\n${HOSTILE}\n\n## Answer\n\n${HOSTILE}\n`);
    expect(text(hostile, 80)).toContain('## User\n\nsafetext\n\n## Answer\n\nsafetext\n');
    // biome-ignore lint/suspicious/noControlCharactersInRegex: none of them may be there
    expect(text(hostile, 80)).not.toMatch(/[\u0000-\u0009\u000b-\u001f\u007f-\u009f\u202e]/);
  });

  it('renders what models wrote, not what was asked', () => {
    const messages = [
      { role: 'user' as const, content: '**as it is**' },
      { role: 'assistant' as const, content: '**before**' },
    ];
    const asked = storedRun({ result: { answer: '**bold**', tool_calls: [] } }, { messages });
    const shown = runText(asked, [], false, { screen: screen(80), render: (markdown) => `<${markdown}>` });
    expect(shown).toContain('User\n\n**as it is**\n\nAssistant\n\n<**before**>\n\nAnswer\n\n<**bold**>\n');
  });

  it('names tools that were called in the conversation, and what stood beside texts', () => {
    const shown = promptText(whole.prompts.c1 ?? [], { screen: screen(null), render: null });
    expect(shown).toBe(
      '## Assistant\n\n(calls look: {"at":"it"})\n\n## Tool\n\na number\n\n## User\n\nWhat is it?\n\n<candidate A1 x>\n```js\n42\n```\n</candidate A1 x>\n',
    );
  });
});
