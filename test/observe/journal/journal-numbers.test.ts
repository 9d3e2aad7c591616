import { describe, expect, it } from 'vitest';
import type { RunEvent } from '../../../src/core/event.js';
import { ResultFold } from '../../../src/core/result.js';
import { numbersOf, numbersOfOrigin } from '../../../src/observe/journal/journal-numbers.js';
import { events, LAYERED_BODIES, ORIGIN } from '../sample-run.js';

/** Texts of the sample run: of the user, of models, of providers. */
const TEXTS = [
  'Be brief',
  'What is it',
  'image_url',
  'It is',
  '42.',
  'Hm.',
  'no such key',
  'sk-or-v1',
  '"wait"',
  'write_note',
  'look',
  'candidate',
];

describe('a record without texts', () => {
  const kept = events().flatMap((event) => numbersOf(event) ?? []);

  it('holds no text of the conversation, of a model or of a provider', () => {
    const before = JSON.stringify(events());
    const after = JSON.stringify(kept);
    for (const text of TEXTS) {
      expect(before).toContain(text);
      expect(after).not.toContain(text);
    }
  });

  it('tells what each call took and cost, and folds to the same sums', () => {
    const fold = new ResultFold();
    for (const event of kept) fold.apply(event);
    const whole = events().at(-1) as Extract<RunEvent, { type: 'run.end' }>;
    const { usage, cost_usd, cost_source, status, seed, strategy, duration_ms } = whole.result;
    expect({ ...fold.result(), duration_ms }).toMatchObject({ usage, cost_usd, cost_source, status, seed, strategy, answer: null });
    const end = kept.at(-1) as typeof whole;
    expect(end.result.calls.map(({ id, text, cost_usd: usd, model }) => [id, text, usd, model])).toEqual(
      whole.result.calls.map(({ id, cost_usd: usd, model }) => [id, null, usd, model]),
    );
  });

  it('says of an error only its code and the status', () => {
    const restart = kept.find((event) => event.type === 'call.restart');
    expect(restart).toMatchObject({ error: { code: 'rate_limited', message: 'rate_limited', hint: null, status: 429 } });
    expect(kept.find((event) => event.type === 'warning')).toMatchObject({
      warning: { code: 'proposer_failed', message: 'proposer_failed' },
    });
  });

  it('leaves the texts out of every kind of call', () => {
    const text = JSON.stringify(events(LAYERED_BODIES).map(numbersOf));
    for (const word of ['sort this', 'ROUTE', 'VERDICT', 'Both', 'what is missing', 'choose', 'is it 42']) expect(text).not.toContain(word);
  });

  it('knows the standard roles by name, and no role of the user', () => {
    const origin = { ...ORIGIN, choice: { mixture: 'cheap', role: 'answer as my lawyer' } };
    expect(numbersOfOrigin(ORIGIN).choice).toEqual({ mixture: 'cheap', role: 'critical' });
    expect(numbersOfOrigin(origin).choice).toEqual({ mixture: 'cheap' });
    const [start] = events() as [Extract<RunEvent, { type: 'run.start' }>];
    const [first] = start.proposers as [(typeof start.proposers)[number]];
    expect(numbersOf({ ...start, proposers: [{ ...first, role: 'my lawyer' }] })).toMatchObject({ proposers: [{ role: null }] });
  });

  it('forgets the schema', () => {
    const format = { type: 'json_schema', name: 'secret', schema: { type: 'object' } } as const;
    expect(numbersOfOrigin({ ...ORIGIN, format }).format).toBeNull();
  });
});
