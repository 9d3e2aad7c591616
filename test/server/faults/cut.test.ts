import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { says } from '../../support/mixture-cli.js';
import { type Seen, see } from './client.js';
import { type House, openHouse, until } from './gateway.js';
import type { Misdeed } from './upstream.js';

const TEXT = 'Größe 漢字 🙂\ndone.';
const CALLS = [
  { id: 'call_1', type: 'function', function: { name: 'read', arguments: '{"path":"ä.txt"}' } },
  { id: 'call_2', type: 'function', function: { name: 'list', arguments: '{}' } },
];
const TOOLS = CALLS.map(({ function: { name } }) => ({ type: 'function', function: { name, parameters: { type: 'object' } } }));

function frame(fields: object): string {
  return `data: ${JSON.stringify(fields)}\n\n`;
}

function delta(delta: object, finish_reason: string | null = null): string {
  return frame({ choices: [{ index: 0, delta, finish_reason }] });
}

function piece(index: number, fields: object): string {
  return delta({ tool_calls: [{ index, ...fields }] });
}

const END = `${frame({ choices: [], usage: { prompt_tokens: 9, completion_tokens: 8 } })}data: [DONE]\n\n`;

/** As OpenAI streams them. */
const STREAMS = {
  text: [...TEXT.matchAll(/.{1,6}/gsu)].map(([content]) => delta({ content })).join('') + delta({}, 'stop') + END,
  tools:
    delta({ role: 'assistant', content: null }) +
    CALLS.map(
      ({ id, type, function: { name, arguments: json } }, i) =>
        piece(i, { id, type, function: { name, arguments: '' } }) +
        [...json.matchAll(/.{1,9}/gsu)].map(([part]) => piece(i, { function: { arguments: part } })).join(''),
    ).join('') +
    delta({}, 'tool_calls') +
    END,
} as const;
type Kind = keyof typeof STREAMS;

const BYTES = { text: Buffer.from(STREAMS.text), tools: Buffer.from(STREAMS.tools) };
/** From this byte on the finish reason is there, whole. */
const WHOLE = Object.fromEntries(
  (['text', 'tools'] as const).map((kind) => [kind, Buffer.byteLength(STREAMS[kind].slice(0, STREAMS[kind].indexOf(END)))]),
) as Record<Kind, number>;

/** Sends the recording up to a byte that stands in the question, then breaks the connection. */
function cutting(kind: Kind): Misdeed {
  return (response, { messages }) => {
    const at = Number(/cut at (\d+)/.exec(messages.map(({ content }) => content).join())?.[1] ?? Number.NaN);
    response.writeHead(200, { 'content-type': 'text/event-stream' });
    response.flushHeaders();
    const bytes = BYTES[kind].subarray(0, at);
    if (bytes.length === 0) response.socket?.destroySoon();
    else response.write(bytes, () => response.socket?.destroySoon());
  };
}

/** Milliseconds for a test of many requests. */
const MANY = 90_000;
const LANES = 16;
const lanes = Array.from({ length: LANES }, (_, lane) => lane);
const OTHER = 'The other critic.';
let house: House;

beforeAll(async () => {
  const mixtures = lanes.flatMap((lane) => [
    [`lane-${lane}`, { strategy: 'fuse', proposers: [says('one'), says('two')], critic: [`raw:text/lane-${lane}`, says(OTHER)] }],
    [`panel-${lane}`, { strategy: 'fuse', proposers: [`raw:text/panel-${lane}`, says('one')], critic: says(OTHER) }],
  ]);
  house = await openHouse({
    mixtures: Object.fromEntries(mixtures),
    models: { text: cutting('text'), tools: cutting('tools') },
    config: { log: false },
  });
});

afterAll(() => house?.close());

/** Asks for all of these offsets, some at once. */
async function atEach(offsets: readonly number[], ask: (offset: number, lane: number) => Promise<void>): Promise<void> {
  const rest = [...offsets];
  await Promise.all(
    lanes.map(async (lane) => {
      for (let next = rest.shift(); next !== undefined; next = rest.shift()) await ask(next, lane);
    }),
  );
}

function upTo(length: number, step = 1): number[] {
  return Array.from({ length: Math.floor(length / step) + 1 }, (_, i) => i * step);
}

function isWhole(kind: Kind, seen: Seen): boolean {
  return kind === 'text' ? seen.text === TEXT : JSON.stringify(seen.toolCalls.map(withoutIndex)) === JSON.stringify(CALLS);
}

function withoutIndex({ id, function: { name, arguments: json } }: Seen['toolCalls'][number]) {
  return { id, type: 'function', function: { name, arguments: json } };
}

/** What is wrong with an answer, if anything. */
function flawOf(kind: Kind, offset: number, stream: boolean, seen: Seen): string | null {
  const what = `${kind} cut at ${offset}, stream ${stream}: ${JSON.stringify({ ...seen, headers: undefined })}`;
  const endsWell = seen.error === null && seen.status === 200;
  if (seen.broken) return `the connection broke: ${what}`;
  if (endsWell !== offset >= WHOLE[kind]) return `${endsWell ? 'a normal end' : 'an error'}: ${what}`;
  if (endsWell) {
    if (!isWhole(kind, seen) || seen.done !== stream || seen.finish !== (kind === 'text' ? 'stop' : 'tool_calls'))
      return `not the whole: ${what}`;
    return null;
  }
  if (seen.done || (seen.finish !== null && seen.finish !== 'error')) return `looks like the end: ${what}`;
  if (!TEXT.startsWith(seen.text) || seen.toolCalls.length > 0) return `something else: ${what}`;
  if (seen.mom !== null && seen.mom.cost_usd !== null) return `a price that nobody knows: ${what}`;
  return null;
}

describe.each(['text', 'tools'] as const)('a stream of %s as OpenAI sends it, cut at every byte', (kind) => {
  it.each([true, false])(
    'is whole or an error (stream: %s)',
    async (stream) => {
      const flaws: string[] = [];
      await atEach(upTo(BYTES[kind].length), async (offset) => {
        // A model of its own each: else a breaker would soon leave it alone.
        const model = `raw:${kind}/${stream}-${offset}`;
        const question = { messages: [{ role: 'user', content: `cut at ${offset}` }], ...(kind === 'tools' ? { tools: TOOLS } : {}) };
        const flaw = flawOf(kind, offset, stream, await see(house.server.url, { model, ...question }, stream));
        if (flaw !== null) flaws.push(flaw);
      });
      expect(flaws.slice(0, 3)).toEqual([]);
    },
    MANY,
  );
});

describe('a critic whose stream is cut, with another one behind', () => {
  it.each([true, false])(
    'the answer is whole by one of them, or an error (stream: %s)',
    async (stream) => {
      const flaws: string[] = [];
      await atEach(upTo(BYTES.text.length, 7), async (offset, lane) => {
        const ask = (at: number) =>
          see(house.server.url, { model: `mom/lane-${lane}`, messages: [{ role: 'user', content: `cut at ${at}` }] }, stream);
        const seen = await ask(offset);
        const good = seen.error === null && (seen.text === TEXT || seen.text === OTHER) && seen.finish === 'stop' && seen.done === stream;
        const bad =
          seen.error !== null && stream && seen.text !== '' && TEXT.startsWith(seen.text) && seen.finish === 'error' && !seen.done;
        if (!good && !bad) flaws.push(`cut at ${offset}: ${JSON.stringify({ ...seen, headers: undefined })}`);
        // One that is well again: a breaker counts failures in a row.
        const again = await ask(BYTES.text.length);
        if (again.text !== TEXT || again.mom?.status !== 'complete') flaws.push(`after ${offset}: ${JSON.stringify(again.mom)}`);
      });
      expect(flaws.slice(0, 3)).toEqual([]);
    },
    MANY,
  );
});

describe('a proposer whose stream is cut at every byte', () => {
  it(
    'is no proposal: the other one goes out as it is, and the critic writes only where both are whole',
    async () => {
      const flaws: string[] = [];
      const failures = lanes.map(() => 0);
      await atEach(upTo(BYTES.text.length), async (offset, lane) => {
        const ask = (at: number) =>
          see(house.server.url, { model: `mom/panel-${lane}`, messages: [{ role: 'user', content: `cut at ${at}` }] }, false);
        const check = async (at: number) => {
          const seen = await ask(at);
          const [text, status] = at >= WHOLE.text ? [OTHER, 'complete'] : ['one', 'degraded'];
          if (seen.text !== text || seen.mom?.status !== status)
            flaws.push(`cut at ${at}: ${JSON.stringify({ ...seen, headers: undefined })}`);
        };
        await check(offset);
        failures[lane] = offset >= WHOLE.text ? 0 : (failures[lane] ?? 0) + 1;
        // One that is well again, in time: a breaker counts failures in a row.
        if (failures[lane] !== 4) return;
        failures[lane] = 0;
        await check(BYTES.text.length);
      });
      expect(flaws.slice(0, 3)).toEqual([]);
    },
    MANY,
  );
});

describe('after all of it', () => {
  it('nothing is left', async () => {
    await until(
      async () => house.raw.active() === 0 && house.raw.sockets() === 0 && (await house.metric('mom_requests_in_flight')) === '0',
    );
    const { stderr } = await house.server.stop();
    expect(stderr.split('\n').filter((line) => line !== '' && !line.startsWith('{'))).toEqual([]);
  });
});
