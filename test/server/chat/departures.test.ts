import { describe, expect, it } from 'vitest';
import { MomError } from '../../../src/core/error.js';
import type { RunEvent } from '../../../src/core/event.js';
import { answers, type Step } from '../../support/scripted-client.js';
import { keyed, QUESTION, textOf, world } from './support.js';

const STREAM = { ...QUESTION, stream: true };
const PANEL = {
  a: answers('forty-two', 100),
  b: answers('42', 200),
  c: [{ type: 'text', text: 'It is ' }, { wait: 500 }, ...answers('42.')] as Step[],
};
const GONE = new MomError('cancelled', 'the client went away');

/** Aborts the first request as soon as an event is seen. */
function leavingAt(when: (event: RunEvent) => boolean, scripts: Record<string, readonly Step[]> = PANEL) {
  const gone = new AbortController();
  const made = world({ scripts, onEvent: (event) => when(event) && gone.abort(GONE) });
  return { ...made, gone };
}

/** When, at which event, the models whose call is cut, the calls made at all, the proposals paid for. */
const MOMENTS: [string, (event: RunEvent) => boolean, string[], number, number][] = [
  ['before the fan-out', (event) => event.type === 'run.start', ['a', 'b'], 2, 0],
  ['during the fan-out', (event) => event.type === 'call.end' && event.call.id === 'p1', ['b'], 2, 1],
  ['between the proposals and the answer', (event) => event.type === 'proposals', [], 2, 2],
  ['in the middle of the answer', (event) => event.type === 'answer.delta', ['c'], 3, 2],
];

/** What is not streamed is told of only when it is whole: its middle is the critic's own text. */
const inText = (event: RunEvent) => event.type === 'call.delta' && event.call_id === 'c1';

describe.each(MOMENTS)('a client that goes away %s', (when, moment, cut, calls, paid) => {
  it.each([true, false])('ends every upstream call at once (stream: %s)', async (stream) => {
    const leaves = when === 'in the middle of the answer' && !stream ? inText : moment;
    let leftAt = 0;
    let endedAt = -1;
    const { ask, client, clock, gone, leases } = leavingAt((event) => {
      if (!gone.signal.aborted) leftAt = clock.now();
      if (event.type === 'run.end') endedAt = clock.now();
      return leaves(event);
    });
    const asked = await clock.play(
      (async () => {
        const made = await ask({ ...QUESTION, stream }, { signal: gone.signal });
        await made.response.text().catch(() => '');
        await new Promise<void>((resolve) => setImmediate(resolve));
        return made;
      })(),
    );
    expect(gone.signal.aborted).toBe(true);
    expect(client.aborted).toEqual(cut);
    expect(client.requests.length).toBe(calls);
    expect(endedAt).toBe(leftAt);
    expect(asked.finished()).toBe(1);
    expect(asked.report).toMatchObject({ runStatus: 'cancelled', error: { code: 'cancelled', message: 'the client went away' } });
    expect(leases()).toBe(0);
  });

  it.each([true, false])('finds its finished proposals when it asks again (stream: %s)', async (stream) => {
    const { ask, read, client, clock, gone } = leavingAt(moment);
    await clock.play(
      (async () => {
        const { response } = await ask(STREAM, { signal: gone.signal });
        await response.text().catch(() => '');
      })(),
    );
    const before = client.requests.length;
    const again = await read({ ...QUESTION, stream });
    const asked = client.requests.slice(before).map(({ model }) => model);
    expect(again.response.status).toBe(200);
    expect(asked).toEqual([['a', 'b'], ['b'], []][paid]?.concat('c'));
    const answer = stream ? textOf(again.text) : JSON.parse(again.text).choices[0].message.content;
    expect(answer).toBe('It is 42.');
  });
});

describe('what is kept', () => {
  /** A client that leaves when both proposals are there. */
  async function left(window?: number) {
    const made = leavingAt((event) => event.type === 'proposals' && event.run_id === 'run-1');
    if (window !== undefined) (made.service.settings.serve as { retryWindow: number }).retryWindow = window;
    await made.clock.play(
      (async () => {
        const { response } = await made.ask(STREAM, { signal: made.gone.signal });
        await response.text().catch(() => '');
      })(),
    );
    const asked = async (body: unknown, more = {}) => {
      const before = made.client.requests.length;
      await made.read(body, more);
      return made.client.requests.slice(before).map(({ model }) => model);
    };
    return { ...made, asked };
  }

  it('is for the same body only', async () => {
    const { asked } = await left();
    expect(await asked({ ...STREAM, temperature: 0 })).toEqual(['a', 'b', 'c']);
    expect(await asked({ ...STREAM, stream_options: { include_usage: true } })).toEqual(['c']);
  });

  it('is for the same key only', async () => {
    const { asked } = await left();
    expect(await asked(STREAM, { client: keyed('other') })).toEqual(['a', 'b', 'c']);
    expect(await asked(STREAM)).toEqual(['c']);
  });

  it('is used once', async () => {
    const { asked } = await left();
    expect(await asked(STREAM)).toEqual(['c']);
    expect(await asked(STREAM)).toEqual(['a', 'b', 'c']);
  });

  it('is forgotten after the window', async () => {
    const { asked, clock } = await left();
    await clock.play(new Promise<void>((resolve) => void clock.after(60_001, resolve)));
    expect(await asked(STREAM)).toEqual(['a', 'b', 'c']);
  });

  it('is nothing with a window of 0', async () => {
    const { asked } = await left(0);
    expect(await asked(STREAM)).toEqual(['a', 'b', 'c']);
  });

  it('counts the tokens of the client by the calls that were made then, and costs what was asked now', async () => {
    const { read } = await left();
    const { text } = await read(QUESTION);
    expect(JSON.parse(text).usage).toMatchObject({ prompt_tokens: 10, completion_tokens: 5, cost: 0.01 });
  });

  it('survives a run that failed after its proposals', async () => {
    let calls = 0;
    const failing: Step[] = [{ type: 'text', text: 'It is ' }, { wait: 5 }, { fail: new MomError('stream_broken', 'the stream broke') }];
    const scripts: Record<string, readonly Step[]> = { ...PANEL, c: failing };
    const { read, client } = world({
      scripts,
      onEvent: (event) => {
        if (event.type === 'run.end' && calls++ === 0) scripts.c = answers('It is 42.');
      },
    });
    const first = await read(STREAM);
    expect(first.text).toContain('"code":"stream_broken"');
    const second = await read(STREAM);
    expect(client.requests.map(({ model }) => model)).toEqual(['a', 'b', 'c', 'c']);
    expect(textOf(second.text)).toBe('It is 42.');
  });
});

describe('a gateway that stops', () => {
  const STOP = new MomError('overloaded', 'mom is stopping', { hint: 'ask again in a moment', retryAfterMs: 2_000 });

  it('says so in a stream', async () => {
    const stop = new AbortController();
    const { read } = world({ scripts: PANEL, onEvent: (event) => event.type === 'answer.delta' && stop.abort(STOP) });
    const { text, report, finished } = await read(STREAM, { signal: stop.signal });
    expect(text).not.toContain('[DONE]');
    expect(text.trimEnd().split('\n\n').at(-1)).toMatch(
      /"choices":\[\{"index":0,"delta":\{\},"finish_reason":"error"\}\],"error":\{"message":"mom is stopping; ask again in a moment","type":"server_error","code":"overloaded"\},"mom":\{"run":"run-1","status":"cancelled",/,
    );
    expect(report).toMatchObject({ status: 200, error: { code: 'overloaded', message: 'mom is stopping' } });
    expect(finished()).toBe(1);
  });

  it('says so with a status where nothing is streamed', async () => {
    const stop = new AbortController();
    const { read } = world({ scripts: PANEL, onEvent: (event) => event.type === 'proposals' && stop.abort(STOP) });
    const { response, text, report } = await read(QUESTION, { signal: stop.signal });
    expect(response.status).toBe(503);
    expect(response.headers.get('retry-after')).toBe('2');
    expect(response.headers.get('x-should-retry')).toBe('false');
    expect(JSON.parse(text).error.message).toBe('mom is stopping; ask again in a moment');
    expect(report).toMatchObject({ status: 503, error: { code: 'overloaded' } });
  });
});
