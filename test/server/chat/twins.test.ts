import { describe, expect, it } from 'vitest';
import { MomError } from '../../../src/core/error.js';
import type { RunEvent } from '../../../src/core/event.js';
import { answers, type Step } from '../../support/scripted-client.js';
import { type AskOptions, keyed, QUESTION, textOf, world } from './support.js';

const STREAM = { ...QUESTION, stream: true };
const PANEL = {
  a: answers('forty-two', 100),
  b: answers('42', 200),
  c: [{ type: 'text', text: 'It is ' }, { wait: 500 }, ...answers('42.')] as Step[],
};
const RETRY = { headers: { 'x-stainless-retry-count': '1' } };
const NAMED = { headers: { 'idempotency-key': 'abc' } };

type Sent = readonly [object, (AskOptions | undefined)?];

interface Said {
  response: Response;
  text: string;
}

/** Sends a first request, and a second one as soon as an event of the first one's run is seen. */
async function two(first: Sent, second: Sent, when: (event: RunEvent) => boolean) {
  const later: Promise<Said>[] = [];
  const made = world({
    scripts: PANEL,
    onEvent: (event) => {
      if (later.length === 0 && when(event)) later.push(said(second));
    },
  });
  const reports: Record<string, unknown>[] = [];
  async function said([body, options]: Sent): Promise<Said> {
    const { response, report } = await made.ask(body, options);
    const text = await response.text().catch((error: unknown) => String(error));
    reports.push({ ...report });
    return { response, text };
  }
  const one = await made.clock.play(said(first));
  const other = await made.clock.play(later[0] ?? Promise.reject(new Error('no second request was sent')));
  return { one, other, reports, models: made.client.requests.map(({ model }) => model), aborted: made.client.aborted, leases: made.leases };
}

const inAnswer = (event: RunEvent) => event.type === 'answer.delta';
const inPanel = (event: RunEvent) => event.type === 'call.end';
const contentOf = ({ text }: Said) => JSON.parse(text).choices[0].message.content;

describe('a request that comes again while its twin runs', () => {
  it.each([
    ['counts as a retry', undefined, RETRY],
    ['shows the same Idempotency-Key', NAMED, NAMED],
  ])('joins it when it %s, and reads everything from the start', async (_how, first, second) => {
    const { one, other, models, reports, leases } = await two([STREAM, first], [STREAM, second], inAnswer);
    expect(models).toEqual(['a', 'b', 'c']);
    expect([textOf(one.text), textOf(other.text)]).toEqual(['It is 42.', 'It is 42.']);
    expect(other.response.headers.get('x-mom-run')).toBe('run-1');
    expect(reports.map(({ costUsd, usage }) => [costUsd, usage === null])).toEqual([
      [0.02 + 0.01, false],
      [null, true],
    ]);
    expect(leases()).toBe(0);
  });

  it('asks anew when it does not say that it is one', async () => {
    const { models } = await two([STREAM], [STREAM], inAnswer);
    expect(models.toSorted()).toEqual(['a', 'a', 'b', 'b', 'c', 'c']);
  });

  it('asks anew with another body', async () => {
    const { models } = await two([STREAM], [{ ...STREAM, temperature: 1 }, RETRY], inAnswer);
    expect(models).toHaveLength(6);
  });

  it('asks anew with another key', async () => {
    const { models } = await two([STREAM], [STREAM, { ...RETRY, client: keyed('other') }], inAnswer);
    expect(models).toHaveLength(6);
    const named = await two([STREAM, NAMED], [STREAM, { ...NAMED, client: keyed('other') }], inAnswer);
    expect(named.models).toHaveLength(6);
  });

  it('may ask for the whole answer in place of a stream, and the other way round', async () => {
    const whole = await two([STREAM], [QUESTION, RETRY], inAnswer);
    expect(whole.models).toEqual(['a', 'b', 'c']);
    expect([textOf(whole.one.text), contentOf(whole.other)]).toEqual(['It is 42.', 'It is 42.']);
    const streamed = await two([QUESTION], [STREAM, RETRY], inPanel);
    expect(streamed.models).toEqual(['a', 'b', 'c']);
    expect([contentOf(streamed.one), textOf(streamed.other.text)]).toEqual(['It is 42.', 'It is 42.']);
  });

  it('keeps the run alive when the first one leaves', async () => {
    const gone = new AbortController();
    const leaves = (event: RunEvent) => {
      if (!inAnswer(event)) return false;
      setImmediate(() => gone.abort(new MomError('cancelled', 'the client went away')));
      return true;
    };
    const { other, models, aborted, reports } = await two([STREAM, { signal: gone.signal }], [STREAM, RETRY], leaves);
    expect(textOf(other.text)).toBe('It is 42.');
    expect(models).toEqual(['a', 'b', 'c']);
    expect(aborted).toEqual([]);
    expect(reports[0]).toMatchObject({ runId: 'run-1', runStatus: null, error: { code: 'cancelled' } });
    expect(reports[1]).toMatchObject({ runId: 'run-1', runStatus: 'complete', error: null });
  });

  it('is refused when its Idempotency-Key stands for another body', async () => {
    const { other, models } = await two([STREAM, NAMED], [{ ...STREAM, temperature: 1 }, NAMED], inAnswer);
    expect(models).toEqual(['a', 'b', 'c']);
    expect(other.response.status).toBe(400);
    expect(JSON.parse(other.text).error).toEqual({
      message: 'this Idempotency-Key was sent with another body, and that request is still running; send a new key with a new request',
      type: 'invalid_request_error',
      param: null,
      code: null,
    });
  });

  it('does not join a run that was abandoned', async () => {
    const gone = new AbortController();
    const { read, client, ask, clock } = world({
      scripts: PANEL,
      onEvent: (event) => event.type === 'proposals' && gone.abort(new MomError('cancelled', 'the client went away')),
    });
    const both = async () => {
      const left = ask(STREAM, { signal: gone.signal }).then(({ response }) => response.text().catch(() => ''));
      await new Promise<void>((resolve) => gone.signal.addEventListener('abort', () => resolve()));
      const { response } = await ask(STREAM, RETRY);
      await left;
      return response.text();
    };
    expect(textOf(await clock.play(both()))).toBe('It is 42.');
    expect(client.requests.map(({ model }) => model)).toEqual(['a', 'b', 'c']);
    await read(STREAM, RETRY);
    expect(client.requests).toHaveLength(6);
  });
});
