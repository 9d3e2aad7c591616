import { describe, expect, it } from 'vitest';
import { DEFAULT_RULES, type Mixture, STRATEGIES, type VerifyRule } from '../../src/core/mixture.js';
import { inTurn } from '../support/in-turn.js';
import { mixture } from '../support/mixture.js';
import { play, shown } from '../support/run-engine.js';
import { answers, refuses, type Step } from '../support/scripted-client.js';

const RULE: VerifyRule = { questions: 1, verifier: null, show: 'repaired' };
const rules = { ...DEFAULT_RULES, layers: { ...DEFAULT_RULES.layers, count: 2 } };

/** The critic writes, is asked for a question, and finds the draft right. */
const critic = (draft: readonly Step[]) => [draft, answers('QUESTION: 6 * 7?'), answers('UNCHANGED')];
const panel = { a: [answers('It is 41.'), answers('42')], b: [answers('It is 42.')] };

const starts = (events: Awaited<ReturnType<typeof play>>['events']) => events.filter((event) => event.type === 'answer.start');

describe('the stages of a run', () => {
  it('without verify and refine show the answer as it is written', async () => {
    const text: Step[] = [
      { type: 'text', text: 'It ' },
      { type: 'text', text: 'is 42.' },
      { type: 'finish', reason: 'stop' },
    ];
    const { events, result } = await play(mixture(['a', 'b'], ['w']), inTurn({ ...panel, w: [text] }), { stream: true });
    expect(events.flatMap((event) => (event.type === 'answer.delta' ? event.text : []))).toEqual(['It ', 'is 42.']);
    expect(result.calls).toHaveLength(3);
  });

  it('hide a draft that is going to be checked, and show it once, with who wrote it', async () => {
    const { events, result } = await play(mixture(['a', 'b'], ['w'], { verify: RULE }), inTurn({ ...panel, w: critic(answers('42!')) }), {
      stream: true,
    });
    expect(starts(events)).toMatchObject([{ source: 'critic', model: 'w' }]);
    const [first] = starts(events);
    const lastCall = events.findLast((event) => event.type === 'call.end');
    expect(events.indexOf(first as never)).toBeGreaterThan(events.indexOf(lastCall as never));
    expect(shown(events)).toBe('42!');
    expect(result).toMatchObject({ status: 'complete', answer: '42!', critic: { id: 'c1.v' } });
  });

  it('name the proposer whose text is the answer', async () => {
    const same = { a: [answers('42'), answers('42')], b: [answers('42')] };
    const { events, result } = await play(
      mixture(['a', 'b'], ['w'], { verify: RULE }),
      inTurn({ ...same, w: [answers('QUESTION: 6 * 7?'), answers('UNCHANGED')] }),
    );
    expect(starts(events)).toMatchObject([{ source: 'proposal:p1', model: 'a' }]);
    expect(result).toMatchObject({ status: 'complete', answer: '42', answer_source: 'proposal:p1' });
  });

  it.each(STRATEGIES.filter((name) => name !== 'auto'))('end with the same text shown and reported: %s', async (strategy) => {
    for (const show of ['repaired', 'draft'] as const) {
      for (const stream of [true, false]) {
        const mix = mixture(['a', 'b'], ['w'], { strategy, rules, verify: { ...RULE, show }, refine: 1 });
        const { events, result } = await play(mix, inTurn({ ...panel, w: [answers('It is 42.')] }), { stream });
        expect(result.error).toBeNull();
        expect(result.answer).not.toBeNull();
        expect(shown(events)).toBe(result.answer);
        expect(starts(events)).toHaveLength(1);
      }
    }
  });
});

describe('nothing to work on', () => {
  it('is said where there is no critic: the proposals go out as they are', async () => {
    const mix: Mixture = { ...mixture(['a', 'b'], [], { verify: RULE, refine: 2 }) };
    const { result, events } = await play(mix, inTurn(panel));
    expect(result).toMatchObject({ status: 'complete', answer: null });
    expect(result.calls).toHaveLength(2);
    expect(result.warnings).toEqual([
      { code: 'nothing_to_refine', message: 'there is no single answer to refine: the proposals go out as they are' },
      { code: 'nothing_to_verify', message: 'there is no single answer to verify: the proposals go out as they are' },
    ]);
    expect(shown(events)).toBe('');
  });

  it('is left alone where the run has failed', async () => {
    const down = refuses('provider_error', 500);
    const { result, client } = await play(mixture(['a', 'b'], ['w'], { verify: RULE, refine: 2 }), { a: down, b: down, w: down });
    expect(result).toMatchObject({ status: 'failed', answer: null });
    expect(client.requests).toHaveLength(3);
    expect(result.warnings.map(({ code }) => code)).not.toContain('nothing_to_verify');
  });
});
