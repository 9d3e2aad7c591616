import { describe, expect, it } from 'vitest';
import { NO_CATALOG } from '../../../src/core/catalog.js';
import { MomError } from '../../../src/core/error.js';
import type { RunStrategy } from '../../../src/core/mixture.js';
import { mixture } from '../../support/mixture.js';
import { answers, type Step } from '../../support/scripted-client.js';
import { chunks, parsed, target, textOf, world } from './support.js';

/** About 4,000 tokens. */
const LONG = { model: 'mom', messages: [{ role: 'user', content: 'word '.repeat(4_000) }] };
const REFUSED: Step[] = [
  { wait: 10 },
  { fail: new MomError('input_too_large', 'the request is too long for it (400): maximum context length', { status: 400 }) },
];

interface Case {
  /** Models of which the list says that they hold too little. */
  small?: string[];
  /** Models whose provider says so when it is asked. */
  refusing?: string[];
  strategy?: RunStrategy;
}

/** Proposers `a` and `b`, critic `c`. */
function gateway({ small = [], refusing = [], strategy = 'fuse' }: Case) {
  const script = (name: string) => (refusing.includes(name) ? REFUSED : answers(`by ${name}`));
  const facts = (_provider: string, id: string) => ({
    id,
    context: small.includes(id) ? 10 : null,
    maxOutput: null,
    images: null,
    parameters: null,
    expires: null,
    prices: null,
  });
  return world({
    scripts: { a: script('a'), b: script('b'), c: script('c') },
    engine: { catalog: { ...NO_CATALOG, facts } },
    target: async () => target(mixture(['a', 'b'], ['c'], { strategy })),
  });
}

describe('a conversation that is too long for some', () => {
  it.each<[string, Case, { asked: string; answer: string; status: string; warnings: string[] }]>([
    [
      'the critic, as is known',
      { small: ['c'] },
      { asked: 'a b a', answer: 'by a', status: 'complete', warnings: ['context_too_small', 'critic_replaced'] },
    ],
    [
      'the critic, as its provider says',
      { refusing: ['c'] },
      { asked: 'a b c', answer: 'by a', status: 'degraded', warnings: ['writer_failed', 'no_critic'] },
    ],
    [
      'all proposers, as is known',
      { small: ['a', 'b'] },
      { asked: 'c', answer: 'by c', status: 'degraded', warnings: ['context_too_small', 'context_too_small', 'critic_alone'] },
    ],
    [
      'all proposers, as their providers say',
      { refusing: ['a', 'b'] },
      { asked: 'a b c', answer: 'by c', status: 'degraded', warnings: ['proposer_failed', 'proposer_failed', 'critic_alone'] },
    ],
    ['one proposer, as is known', { small: ['a'] }, { asked: 'b', answer: 'by b', status: 'complete', warnings: ['context_too_small'] }],
  ])('%s: is answered by the others', async (_, who, { asked, answer, status, warnings }) => {
    const whole = gateway(who);
    const { response, text } = await whole.read(LONG);
    const body = JSON.parse(text);
    expect(response.status).toBe(200);
    expect(whole.client.requests.map(({ model }) => model).join(' ')).toBe(asked);
    expect(body.choices[0].message.content).toBe(answer);
    expect(body.mom.status).toBe(status);
    expect(body.mom.warnings.map(({ code }: { code: string }) => code)).toEqual(warnings);
    const streamed = (await gateway(who).read({ ...LONG, stream: true })).text;
    expect(textOf(streamed)).toBe(answer);
    expect(chunks(streamed).at(-1)).toBe('[DONE]');
  });
});

describe('a conversation that is too long for all', () => {
  it.each<[string, Case]>([
    ['of a mixture', { small: ['a', 'b', 'c'] }],
    ['that are asked', { small: ['c'], strategy: 'single' }],
  ])('%s, as is known: asks nobody, and says so with a status, a stream too', async (_, who) => {
    for (const stream of [false, true]) {
      const { read, client } = gateway(who);
      const { response, text } = await read({ ...LONG, stream });
      expect(response.status).toBe(400);
      expect(JSON.parse(text).error).toMatchObject({ type: 'invalid_request_error', code: 'context_length_exceeded' });
      expect(client.requests).toEqual([]);
    }
  });

  it.each<[string, Case]>([
    ['of a mixture', { refusing: ['a', 'b', 'c'] }],
    ['that are asked', { refusing: ['c'], strategy: 'single' }],
    ['that are left', { small: ['a', 'b'], refusing: ['c'] }],
  ])('%s, as their providers say: has the same code', async (_, who) => {
    const { response, text } = await gateway(who).read(LONG);
    expect(response.status).toBe(400);
    expect(JSON.parse(text).error.code).toBe('context_length_exceeded');
    const streamed = (await gateway(who).read({ ...LONG, stream: true })).text;
    expect(parsed(streamed).at(-1)).toMatchObject({ choices: [{ finish_reason: 'error' }], error: { code: 'context_length_exceeded' } });
    expect(chunks(streamed)).not.toContain('[DONE]');
  });
});
