import { mkdtempSync, readdirSync, readFileSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import type { MomError } from '../../../src/core/error.js';
import type { RunEventBody } from '../../../src/core/event.js';
import { createTrace } from '../../../src/observe/trace/trace.js';
import { BODIES, CACHED_BODIES, callRecord, events, LAYERED_BODIES } from '../sample-run.js';

let dir: string;
const errors: MomError[] = [];

beforeEach(() => {
  dir = join(mkdtempSync(join(tmpdir(), 'mom-trace-')), 'debug-requests');
  errors.length = 0;
  vi.useFakeTimers();
});

afterEach(() => {
  vi.useRealTimers();
  rmSync(join(dir, '..'), { recursive: true, force: true });
});

function traceOf(list = events(), secrets: string[] = []): string {
  const sink = createTrace({ dir, secrets, onError: (error) => errors.push(error) });
  for (const event of list) sink.handle(event);
  sink.close?.();
  return readFileSync(sink.path() ?? '', 'utf8');
}

describe('createTrace', () => {
  it('writes one private file named by time and run', () => {
    traceOf();
    expect(readdirSync(dir)).toEqual(['2026-01-31T08-15-00Z-run-1.md']);
    expect(statSync(dir).mode & 0o777).toBe(0o700);
    expect(statSync(join(dir, '2026-01-31T08-15-00Z-run-1.md')).mode & 0o777).toBe(0o600);
  });

  it('tells everything: who, when, what failed, the prompt as sent, the answer, the cost', () => {
    const text = traceOf();
    for (const part of [
      '# Run run-1',
      '- status: degraded',
      '- mixture: default',
      '- strategy: fuse (the classifier says: medium writing)',
      '- quorum: 2 of 3, at least 1 needed',
      '- 10 ms: mixture default, strategy fuse from here on (the classifier says: medium writing)',
      '- seed: 7',
      '- cost: $0.004 estimated',
      '## Conversation',
      '[image: image/png, 4 characters of data]',
      '## Proposal 1 of 3: acme/one',
      '- answered as: acme/one-2026',
      '- first token: after 120 ms',
      '- duration: 300 ms',
      '### Reasoning\n\n```text\nHm. \n```',
      '## Proposal 2 of 3: other/two',
      '- attempts: 2',
      '90 ms: attempt 1 failed, rate_limited (HTTP 429): other/two: 429 for key [redacted]; wait; again after 400 ms',
      '## Critic: acme/one',
      '### Prompt as sent',
      '- 110 ms: 1 usable proposals; waiting at most 5000 ms for p2',
      '- proposer_failed: other/two failed',
      '- calls: 4',
      '- 150 ms: p1.2 (acme/one) is kept from an earlier run of the same request',
      '**assistant**\n\ncalls look (call_0):\n\n```text\n{"at":"it"}\n```\n\n**tool** (the result of call_0)\n\n```text\na number\n```',
      '### Tool calls\n\ncalls write_note (call_1):\n\n```text\n{"text":"42"}\n```\n\n### Text as it came',
      '## Answer\n\nfrom: critic, finish reason: tool_calls\n\n```text\n42\n```\n\ncalls write_note (call_1):\n\n```text\n{"text":"42"}\n```\n\n## Warnings',
    ]) {
      expect(text).toContain(part);
    }
  });

  it('shows the stages in the order they began, each call with its price and where that comes from', () => {
    const text = traceOf(events(LAYERED_BODIES));
    const headings = [...text.matchAll(/^## .*/gm)].map(([heading]) => heading);
    expect(headings).toEqual([
      '## Conversation',
      '## Embedding: acme/one',
      '## Classifier: acme/one',
      '## Proposal 1 of 3: acme/one',
      '## Proposal 2 of 3: other/two',
      '## Proposal, layer 2: acme/one',
      '## Judge: acme/one',
      '## Verifier: other/two',
      '## Course',
      '## Answer',
      '## Warnings',
      '## Totals',
    ]);
    for (const part of [
      '- decision: complex other',
      '- confidence: 0.934',
      '- place: layer 2',
      '- verdict: B1',
      '- cost: at least $0.006',
    ]) {
      expect(text).toContain(`\n${part}\n`);
    }
    expect(text).toContain(
      [
        '### Cost of each call',
        '',
        '- e1 acme/one: $0.001 computed',
        '- r1 acme/one: $0.001 reported',
        '- p1 acme/one: $0.001 reported',
        '- p2 other/two: $0.001 estimated',
        '- p1.2 acme/one: $0.001 reported',
        '- c1 acme/one: $0.001 reported',
        '- v1 other/two: unknown',
      ].join('\n'),
    );
    expect(text).toContain('the answer begins, from proposal:p2 (other/two)');
  });

  it('of an answer from the cache has no call, and its price', () => {
    const text = traceOf(events(CACHED_BODIES));
    expect(text).toContain('- cost: $0 reported');
    expect(text).toContain('## Answer\n\nfrom: cache, finish reason: stop');
    expect(text).not.toContain('Cost of each call');
  });

  it('says who was not asked, without a text or a price', () => {
    const text = traceOf();
    expect(text).toContain(
      '## Proposal 3 of 3: acme/one\n\n- id: p3\n- model: acme/one at openrouter, family acme\n- answered as: acme/one-2026\n- status: skipped\n\n##',
    );
    expect(text).toContain('p3 (acme/one) was not asked');
  });

  it('says of a judge without a verdict that there is none', () => {
    const bodies = LAYERED_BODIES.map(
      (body): RunEventBody =>
        body.type === 'call.end' && body.call.kind === 'judge' ? { ...body, call: { ...body.call, text: 'I like both.' } } : body,
    );
    expect(traceOf(events(bodies))).toContain('\n- verdict: none\n');
  });

  it('fences texts so that they cannot close their block', () => {
    const text = traceOf();
    expect(text).toContain('````text\nWhat is it?\n\n<candidate A1 x>\n```js\n42\n```\n</candidate A1 x>\n````');
  });

  it('shows control characters instead of sending them to the terminal', () => {
    const bodies: RunEventBody[] = [
      BODIES[0] as RunEventBody,
      { type: 'call.end', call: callRecord({ text: 'a\u001b[31mred\u009b' }) },
      BODIES.at(-1) as RunEventBody,
    ];
    expect(traceOf(events(bodies))).toContain('a\u241b[31mred\\x9b');
  });

  it('contains no secret, wherever it stands', () => {
    const bodies = BODIES.map(
      (body): RunEventBody =>
        body.type === 'warning' ? { type: 'warning', warning: { code: 'x', message: 'Bearer abcdef123456 and hunter2hunter2' } } : body,
    );
    const text = traceOf(events(bodies), ['hunter2hunter2']);
    expect(text).toContain('- x: Bearer [redacted] and [redacted]');
    expect(text).not.toContain('hunter2');
  });

  it('is there while the run goes on, with the text so far', () => {
    const sink = createTrace({ dir, onError: (error) => errors.push(error) });
    for (const event of events().slice(0, 9)) sink.handle(event);
    expect(sink.path()).toBeNull();
    vi.advanceTimersByTime(500);
    const text = readFileSync(sink.path() ?? '', 'utf8');
    expect(text).toContain('- status: not finished');
    expect(text).toContain('- status: still running');
    expect(text).toContain('It is 42.');
    sink.close?.();
  });

  it('says once that it cannot be written', () => {
    writeFileSync(dir, 'a file');
    const sink = createTrace({ dir, onError: (error) => errors.push(error) });
    for (const event of events()) sink.handle(event);
    vi.advanceTimersByTime(5_000);
    sink.close?.();
    expect(sink.path()).toBeNull();
    expect(errors.map((error) => error.code)).toEqual(['output_failed']);
  });
});
