import { Writable } from 'node:stream';
import { describe, expect, it } from 'vitest';
import { createProgressLine } from '../../src/cli/view/progress.js';
import { ProgressText } from '../../src/cli/view/progress-text.js';
import { verboseLine } from '../../src/cli/view/verbose.js';
import type { RunEventBody } from '../../src/core/event.js';
import type { RunStrategy } from '../../src/core/mixture.js';
import type { CallKind, CallStatus } from '../../src/core/run.js';
import { BODIES, callRecord, RUN_ID } from '../observe/sample-run.js';

/** What the line says after each step; the clock shows one second more at each. */
class Line {
  readonly #progress = new ProgressText();
  #now = 0;

  constructor(strategy: RunStrategy) {
    const start = BODIES[0] as Extract<RunEventBody, { type: 'run.start' }>;
    this.#progress.apply({ ...start, strategy, run_id: RUN_ID, t_ms: 0 }, 0);
  }

  tell(...bodies: RunEventBody[]): string {
    this.#now += 1_000;
    for (const body of bodies) this.#progress.apply({ ...body, run_id: RUN_ID, t_ms: this.#now }, this.#now);
    return this.#progress.text(this.#now);
  }
}

function starts(id: string, model: string, kind: CallKind = 'proposer', layer = 1): RunEventBody {
  return { type: 'call.start', call: { id, kind, model, provider: 'openrouter', family: 'acme', role: null, layer }, messages: null };
}

function ends(id: string, status: CallStatus = 'answered'): RunEventBody {
  return { type: 'call.end', call: callRecord({ id, status }) };
}

const OVER: RunEventBody = { type: 'proposals', answered: 2, failed: 0, cut: 0 };

describe('the progress line', () => {
  it('of fuse: who is awaited and for how long, then who writes', () => {
    const line = new Line('fuse');
    expect(line.tell()).toBe('starting · 1 s');
    expect(line.tell(starts('p1', '~acme/one'), starts('p2', 'other/two'), starts('p3', 'third/three'))).toBe(
      'waiting for 3 of 3 models: one, two, three · 2 s',
    );
    expect(line.tell(ends('p2'), ends('p1', 'failed'))).toBe('waiting for 1 of 3 models: three · answered: two · 3 s');
    expect(line.tell({ type: 'quorum', answered: 1, waiting_for: ['p3'], grace_ms: 5_000 })).toBe(
      'waiting for 1 of 3 models, 5 s more: three · answered: two · 4 s',
    );
    expect(line.tell()).toBe('waiting for 1 of 3 models, 4 s more: three · answered: two · 5 s');
    expect(line.tell(ends('p3', 'cancelled'), OVER)).toBe('1 of 3 answered · 6 s');
    expect(line.tell(starts('c1', 'acme/big', 'critic', 0))).toBe('1 of 3 answered · final answer by big · 7 s');
    expect(line.tell(ends('c1', 'failed'), starts('c2', 'acme/bigger', 'critic', 0))).toBe(
      '1 of 3 answered · final answer by bigger · 8 s',
    );
  });

  it('of fuse: what is kept from an earlier run has answered', () => {
    const line = new Line('fuse');
    const kept = (id: string, model: string): RunEventBody => ({ type: 'call.kept', call: callRecord({ id, model }) });
    expect(line.tell(kept('p1', 'a/one'), starts('p2', 'b/two'))).toBe('waiting for 1 of 2 models: two · answered: one · 1 s');
    expect(line.tell(ends('p2', 'failed'), OVER)).toBe('1 of 2 answered · 2 s');
    expect(line.tell(starts('c1', 'acme/big', 'critic', 0))).toBe('1 of 2 answered · final answer by big · 3 s');
    const all = new Line('fuse');
    expect(all.tell(kept('p1', 'a/one'), kept('p2', 'b/two'), OVER)).toBe('2 of 2 answered · 1 s');
  });

  it('of self: one model, however many samples', () => {
    const line = new Line('self');
    const samples = [starts('p1', 'acme/big'), starts('p2', 'acme/big'), starts('p3', 'acme/big')];
    expect(line.tell(...samples)).toBe('waiting for 3 of 3 samples: big · 1 s');
    expect(line.tell(ends('p1'))).toBe('waiting for 2 of 3 samples: big · 2 s');
  });

  it('of single', () => {
    expect(new Line('single').tell(starts('s1', 'acme/big', 'critic', 0))).toBe('final answer by big · 1 s');
  });

  it('of vote: waits for those only who were asked', () => {
    const line = new Line('vote');
    expect(line.tell(starts('p1', 'a/one'), starts('p2', 'b/two'))).toBe('waiting for 2 of 2 models: one, two · 1 s');
    expect(line.tell(ends('p1'), ends('p2'), OVER)).toBe('2 of 2 answered · 2 s');
    expect(line.tell(starts('p3', 'c/three'))).toBe('waiting for 1 of 3 models: three · answered: one, two · 3 s');
  });

  it('of select: a judge chooses, and may look again', () => {
    const line = new Line('select');
    line.tell(starts('p1', 'a/one'), starts('p2', 'b/two'), ends('p1'), ends('p2'), OVER);
    expect(line.tell(starts('c1', 'a/judge', 'judge', 0))).toBe('a judge chooses among 2 answers: judge · 2 s');
    expect(line.tell(ends('c1'), starts('c1.2', 'a/judge', 'judge', 0))).toBe('a judge looks again at 2 answers: judge · 3 s');
    expect(line.tell(ends('c1.2'), starts('c2', 'a/other', 'judge', 0))).toBe('a judge chooses among 2 answers: other · 4 s');
  });

  it('of cascade: tier after tier', () => {
    const line = new Line('cascade');
    expect(line.tell(starts('p1', 'a/one'), starts('p2', 'b/two'))).toBe('waiting for 2 of 2 models: one, two · 1 s');
    expect(line.tell(ends('p1'), ends('p2'), OVER, starts('p3', 'c/big', 'proposer', 2))).toBe(
      'tier 2 · waiting for 1 of 1 model: big · 2 s',
    );
  });

  it('of deep: layer after layer', () => {
    const line = new Line('deep');
    line.tell(starts('p1', 'a/one'), starts('p2', 'b/two'), ends('p1'), ends('p2'), OVER);
    expect(line.tell(starts('p1.2', 'a/one', 'proposer', 2), starts('p2.2', 'b/two', 'proposer', 2))).toBe(
      'layer 2 · waiting for 2 of 2 models: one, two · 2 s',
    );
    expect(line.tell(ends('p1.2'), ends('p2.2', 'failed'), OVER, starts('c1', 'a/big', 'critic', 0))).toBe(
      '1 of 2 answered · final answer by big · 3 s',
    );
  });

  it('of a run that is sorted first', () => {
    const line = new Line('fuse');
    expect(line.tell(starts('r1', 'a/small', 'router', 0))).toBe('choosing a strategy: small · 1 s');
    expect(line.tell(ends('r1'), starts('p3', 'c/big', 'proposer', 2))).toBe('tier 2 · waiting for 1 of 1 model: big · 2 s');
  });

  it('of refine: round after round', () => {
    const line = new Line('single');
    line.tell(starts('s1', 'a/big', 'critic', 0), ends('s1'));
    expect(line.tell(starts('s1.r1', 'a/big', 'proposer', 2))).toBe('round 1 · waiting for 1 of 1 model: big · 2 s');
    expect(line.tell(ends('s1.r1'), OVER, starts('s1.w1', 'a/big', 'critic', 0))).toBe(
      'round 1 · 1 of 1 answered · improved answer by big · 3 s',
    );
    expect(line.tell(ends('s1.w1'), starts('s1.r2', 'a/big', 'proposer', 3))).toBe('round 2 · waiting for 1 of 1 model: big · 4 s');
  });

  it('of verify: questions, their answers, the comparison', () => {
    const line = new Line('single');
    line.tell(starts('s1', 'a/big', 'critic', 0), ends('s1'));
    expect(line.tell(starts('v0', 'a/big', 'verifier', 0))).toBe('checking the answer: questions by big · 2 s');
    expect(line.tell(ends('v0'), ...['v1', 'v2', 'v3'].map((id) => starts(id, 'b/other', 'verifier', 0)))).toBe(
      'checking the answer: 0 of 3 questions, other · 3 s',
    );
    expect(line.tell(ends('v2'), ends('v1', 'failed'))).toBe('checking the answer: 2 of 3 questions, other · 4 s');
    expect(line.tell(ends('v3'), starts('s1.v', 'a/big', 'critic', 0))).toBe('comparing the answer with the checks: big · 5 s');
  });

  it('of a run that looks for a similar question', () => {
    expect(new Line('fuse').tell(starts('e1', 'a/embed', 'embedding', 0))).toBe('looking for an answer to the same question · 1 s');
  });

  it('shows no control sequence of a name', () => {
    expect(new Line('single').tell(starts('s1', 'a/\u001b[31mred', 'critic', 0))).toBe('final answer by red · 1 s');
  });
});

describe('the progress line on a terminal', () => {
  /** What is drawn at the start of a run; a line that is redrawn without end fails. */
  async function drawn(columns: number): Promise<string> {
    let text = '';
    const stream = new Writable({
      write(chunk, _encoding, done) {
        text += String(chunk);
        if (text.length > 100_000) throw new Error('drawn without end');
        done();
      },
    });
    const cursorTo = () => true;
    const line = await createProgressLine(
      Object.assign(stream, { columns, isTTY: true, cursorTo, clearLine: cursorTo, moveCursor: cursorTo }),
      false,
    );
    line.handle({ ...(BODIES[0] as RunEventBody), run_id: RUN_ID, t_ms: 0 });
    line.handle({ ...starts('p1', 'a/one'), run_id: RUN_ID, t_ms: 0 });
    await new Promise(setImmediate);
    line.stop();
    return text;
  }

  it('is drawn', async () => {
    expect(await drawn(80)).toContain('waiting for 1 of 1 model: one · 0 s');
  });

  it('is not where the terminal has no width', async () => {
    expect(await drawn(0)).toBe('');
  });
});

describe('a verbose line', () => {
  const line = (body: RunEventBody) => verboseLine({ ...body, run_id: RUN_ID, t_ms: 0 });

  it.each<[string, RunEventBody, string | null]>([
    ['a proposer', starts('p1', 'a/one'), 'p1 a/one at openrouter: asked'],
    ['a later layer', starts('p1.2', 'a/one', 'proposer', 2), 'p1.2 a/one at openrouter: asked, layer 2'],
    ['a review', starts('p1.r1', 'a/one', 'proposer', 2), 'p1.r1 a/one at openrouter: asked, round 1'],
    ['check questions', starts('v0', 'a/one', 'verifier', 0), 'v0 a/one at openrouter: asked for check questions'],
    ['a comparison', starts('c1.v', 'a/one', 'critic', 0), 'c1.v a/one at openrouter: asked to compare the answer with the checks'],
    ['a critic', starts('c1', 'a/one', 'critic', 0), 'c1 a/one at openrouter: asked to write the answer'],
    ['a judge', starts('c1', 'a/one', 'judge', 0), 'c1 a/one at openrouter: asked to choose an answer'],
    ['a verifier', starts('v1', 'a/one', 'verifier', 0), 'v1 a/one at openrouter: asked to check the answer'],
    ['a classifier', starts('r1', 'a/one', 'router', 0), 'r1 a/one at openrouter: asked which strategy fits'],
    ['an embedding', starts('e1', 'a/one', 'embedding', 0), 'e1 a/one at openrouter: asked what the question is close to'],
    [
      'an answer',
      { type: 'call.end', call: callRecord({ confidence: 0.934 }) },
      'p1: answered after 300 ms, confidence 0.93, $0.001 reported',
    ],
    [
      'tool calls',
      {
        type: 'call.end',
        call: callRecord({
          id: 'c1',
          tool_calls: [
            { id: 'x', name: 'read_file', arguments: '{}' },
            { id: 'y', name: 'list', arguments: '{}' },
          ],
        }),
      },
      'c1: answered after 300 ms, calls read_file and list, $0.001 reported',
    ],
    [
      'what was kept',
      { type: 'call.kept', call: callRecord({ id: 'p2' }) },
      'p2 acme/one at openrouter: kept from an earlier run of the same request',
    ],
    [
      'a failure, which may have cost something',
      {
        type: 'call.end',
        call: callRecord({
          status: 'failed',
          error: { code: 'timeout', message: 'too late', hint: null, status: null },
          cost_source: 'computed',
        }),
      },
      'p1: failed after 300 ms, too late, $0.001 computed',
    ],
    ['a late bill', { type: 'call.billed', call: callRecord({ cost_usd: 0.02 }) }, 'p1: its price came later, $0.02 reported'],
    ['who was not needed', { type: 'call.skipped', call: callRecord({ status: 'skipped' }) }, 'p1 acme/one: not asked'],
    ['the cache', { type: 'answer.start', source: 'cache', model: null }, 'answer from the cache'],
    ['a critic’s answer', { type: 'answer.start', source: 'critic', model: 'a/one' }, 'final answer by a/one'],
    ['a proposal', { type: 'answer.start', source: 'proposal:p2', model: 'a/one' }, 'final answer: proposal p2 by a/one as it is'],
    ['text', { type: 'answer.delta', text: 'a' }, null],
  ])('of %s', (_what, body, text) => {
    expect(line(body)).toBe(text);
  });

  it('of a route tells what holds from now on', () => {
    const route = BODIES.find((body) => body.type === 'route') as RunEventBody;
    expect(line(route)).toBe('now mixture default, fuse (the classifier says: medium writing)');
  });
});
