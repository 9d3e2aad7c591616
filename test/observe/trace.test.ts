import { mkdtempSync, readdirSync, readFileSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import type { MomError } from '../../src/core/error.js';
import type { RunEventBody } from '../../src/core/event.js';
import { createTrace } from '../../src/observe/index.js';
import { BODIES, callRecord, events } from './sample-run.js';

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
      '- strategy: fuse (the default strategy)',
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
      '80 ms: attempt 1 failed, rate_limited (HTTP 429): other/two: 429 for key [redacted]; wait; again after 400 ms',
      '## Critic: acme/one',
      '### Prompt as sent',
      '- 100 ms: 1 usable proposals; waiting at most 5000 ms for p2',
      '## Answer\n\nfrom: critic, finish reason: stop\n\n```text\n42\n```',
      '- proposer_failed: other/two failed',
      '- calls: 3',
    ]) {
      expect(text).toContain(part);
    }
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
    for (const event of events().slice(0, 8)) sink.handle(event);
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
