import { says } from '../../support/mixture-cli.js';

/** What a client gets. */
export type Sees =
  | { answer: string; status: 'complete' | 'degraded' }
  /** An HTTP status and the code of the error. */
  | { http: number; code: string }
  /** A stream that ends with an error chunk, after this text. */
  | { after: string; code: string };

/**
 * What the client is told of the cost: `billed` is what the upstream bills to the last digit, calls that were cut included;
 * `estimated` is no less than that; `unknown` is null, however much of it is known; `nothing` is 0, and so is the bill.
 */
export type Price = 'billed' | 'estimated' | 'unknown' | 'nothing';

export interface Outcome {
  sees: Sees;
  cost: Price;
  /** Calls that reached the upstream, retries included. */
  calls: number;
  /** Those of them that mom has closed before their end. */
  closed?: number;
}

/** One fault: what is configured, what is asked, and what comes of it. */
export interface Row {
  fault: string;
  mixture: Record<string, unknown>;
  /** Fields of the request. */
  ask?: Record<string, unknown>;
  stream: Outcome;
  /** @default the same */
  whole?: Outcome;
}

export interface Group {
  title: string;
  rows: Row[];
}

type Entry = string | { model: string; [option: string]: unknown };

const A = says('It is 42.');
const B = says('42, I think.');
export const MERGED = 'Six times seven is 42.';
const C = says(MERGED);
export const OTHER = 'The other critic says 42.';
const D = says(OTHER);
/** An answer that is known by its size. */
export const HUGE = '10 MB';
const SHORT = '150ms';

const billed = { cost: 'billed' } as const;
const complete = (answer: string) => ({ answer, status: 'complete' }) as const;
const degraded = (answer: string) => ({ answer, status: 'degraded' }) as const;

function slow(model: string, limit: 'connect' | 'first_event' | 'idle' = 'first_event'): Entry {
  return { model, timeouts: { [limit]: SHORT } };
}

/** One proposer of three does this; the others and the critic are well. */
function proposer(fault: string, entry: Entry, calls: number, more: Partial<Outcome> & { mixture?: object } = {}): Row {
  const { mixture = {}, ...outcome } = more;
  return {
    fault,
    mixture: { proposers: [A, entry, B], critic: [C], ...mixture },
    stream: { sees: complete(MERGED), ...billed, calls, ...outcome },
  };
}

const GOOD = 3;

/** The first of two critics does this; two proposers are well. */
function critic(fault: string, entry: Entry, calls: number, more: Partial<Outcome> = {}): Row {
  return {
    fault,
    mixture: { proposers: [A, B], critic: [entry, D] },
    stream: { sees: degraded(OTHER), ...billed, calls, ...more },
  };
}

/** The same where a client that streams has seen the beginning. */
function lateCritic(
  fault: string,
  entry: Entry,
  after: string,
  code: string,
  more: { stream?: Partial<Outcome>; whole?: Partial<Outcome> } = {},
): Row {
  return {
    fault,
    mixture: { proposers: [A, B], critic: [entry, D] },
    stream: { sees: { after, code }, ...billed, calls: 3, ...more.stream },
    whole: { sees: degraded(OTHER), ...billed, calls: 4, ...more.whole },
  };
}

/** All that is asked does this. */
function nobody(
  fault: string,
  model: string,
  http: number,
  code: string,
  more: Partial<Outcome> = {},
  entries: Entry[] = [model, model],
): Row {
  return {
    fault,
    mixture: { proposers: entries, critic: [entries[0]] },
    stream: { sees: { after: '', code }, cost: 'nothing', calls: 3, ...more },
    whole: { sees: { http, code }, cost: 'nothing', calls: 3, ...more },
  };
}

export const LONG = 'It is forty two, as everybody knows.';

const TOOLS = {
  tools: [{ type: 'function', function: { name: 'read', parameters: { type: 'object', properties: { path: { type: 'string' } } } } }],
};
export const CALLED = 'read({"path":"a.txt"})';
const CALLS = [{ name: 'read', arguments: { path: 'a.txt' } }];

function turns(say: string | null, ...items: string[]): string {
  return `sandbox/${[`turns=${encodeURIComponent(JSON.stringify([{ ...(say === null ? {} : { say }), calls: CALLS }]))}`, ...items].join(',')}`;
}

const SCHEMA = { type: 'object', properties: { n: { type: 'integer' } }, required: ['n'], additionalProperties: false };
const JSON_ANSWER = { response_format: { type: 'json_schema', json_schema: { name: 'number', schema: SCHEMA, strict: true } } };
const SIX = '{"n": 6}';
const SEVEN = '{"n": 7}';
/** What the sandbox writes for the schema. */
export const ONE = '{"n":1}';
export const EIGHT = '{"n":42}';

export const GROUPS: Group[] = [
  {
    title: 'One of three proposers',
    rows: [
      proposer('401', 'sandbox/e401', GOOD + 1),
      proposer('404', 'sandbox/e404', GOOD + 1),
      proposer('429, Retry-After 30 s, 2 retries', 'sandbox/e429,ra=30', GOOD + 1, { mixture: { retries: 2, grace: SHORT } }),
      proposer('429 once, Retry-After 0.2 s, 2 retries', says('Then 42.', 'e429', 'ra=0.2', 'fail=1'), GOOD + 2, {
        mixture: { retries: 2, grace: '20s' },
      }),
      proposer('500, and again after a retry', 'sandbox/e500', GOOD + 2, { mixture: { retries: 1, grace: '20s' } }),
      proposer('502 with a web page', 'raw:html502', GOOD + 1),
      proposer('200 with a web page', 'sandbox/html', GOOD + 1),
      proposer('connection refused', 'refused:gpt', GOOD),
      proposer('unknown host', 'nohost:gpt', GOOD),
      proposer('no TLS handshake', slow('mute:gpt', 'connect'), GOOD, { cost: 'unknown' }),
      proposer('connection closed before an answer', 'raw:hangup', GOOD + 1, { cost: 'unknown' }),
      proposer('no HTTP at all', 'raw:babble', GOOD + 1, { cost: 'unknown' }),
      proposer('answers late, within its limits', { model: says('Then 42.', 'ttft=300'), timeouts: { first_event: '15s' } }, GOOD + 1, {
        mixture: { grace: '20s' },
      }),
      proposer('silence', slow('sandbox/hang'), GOOD + 1, { closed: 1, cost: 'unknown' }),
      proposer('only comments', slow('sandbox/hang,comments'), GOOD + 1, { closed: 1 }),
      proposer('silence beyond the grace', 'sandbox/hang', GOOD + 1, { closed: 1, cost: 'unknown', mixture: { grace: SHORT } }),
      proposer('silence, prices known for a cap', slow('sandbox/hang'), GOOD + 1, {
        closed: 1,
        cost: 'estimated',
        mixture: { max_cost: 1 },
      }),
      proposer('goes silent half-way', slow(says(LONG, 'stall=2'), 'idle'), GOOD + 1, { closed: 1 }),
      proposer('connection cut half-way', says(LONG, 'cut=700'), GOOD + 1),
      proposer('ends without finish_reason', says(LONG, 'noend'), GOOD + 1),
      proposer('no [DONE]', says('Then 42.', 'nodone'), GOOD + 1),
      proposer('no text', 'sandbox/empty', GOOD + 1),
      proposer('thoughts only', 'sandbox/empty,reason', GOOD + 1),
      proposer('broken JSON', 'sandbox/badjson', GOOD + 1),
      proposer('content that is no text', 'sandbox/badtype', GOOD + 1),
      proposer('an error in the stream', says(LONG, 'err=2'), GOOD + 1),
      proposer('withheld by a filter', says(LONG, 'finish=content_filter'), GOOD + 1),
      proposer('a line of 10 MB', 'sandbox/longline=10485760', GOOD + 1),
      proposer('a line without end', 'raw:endless', GOOD + 1, { closed: 1, cost: 'unknown' }),
    ],
  },
  {
    title: 'The first of two critics, before its first character',
    rows: [
      critic('401', 'sandbox/e401', 4),
      critic('404', 'sandbox/e404', 4),
      critic('429, Retry-After 30 s', 'sandbox/e429,ra=30', 4),
      critic('500', 'sandbox/e500', 4),
      critic('502 with a web page', 'raw:html502', 4),
      critic('200 with a web page', 'sandbox/html', 4),
      critic('connection refused', 'refused:gpt', 3),
      critic('unknown host', 'nohost:gpt', 3),
      critic('no TLS handshake', slow('mute:gpt', 'connect'), 3, { cost: 'unknown' }),
      critic('connection closed before an answer', 'raw:hangup', 4, { cost: 'unknown' }),
      critic('no HTTP at all', 'raw:babble', 4, { cost: 'unknown' }),
      critic('silence', slow('sandbox/hang'), 4, { closed: 1, cost: 'unknown' }),
      critic('only comments', slow('sandbox/hang,comments'), 4, { closed: 1 }),
      critic('connection cut', says(LONG, 'cut=0'), 4),
      critic('no text', 'sandbox/empty', 4),
      critic('thoughts only', 'sandbox/empty,reason', 4),
      critic('ends without finish_reason', 'sandbox/empty,noend', 4),
      critic('broken JSON', 'raw:garbage', 4, { cost: 'unknown' }),
      critic('content that is no text', 'sandbox/badtype', 4),
      critic('an error in the stream', says(LONG, 'err=0'), 4),
      critic('withheld by a filter', 'sandbox/empty,finish=content_filter', 4),
      critic('a line without end', 'raw:endless', 4, { closed: 1, cost: 'unknown' }),
    ],
  },
  {
    title: 'The first of two critics, after it',
    rows: [
      lateCritic('goes silent', slow(says(LONG, 'stall=2'), 'idle'), 'It is', 'timeout', { stream: { closed: 1 }, whole: { closed: 1 } }),
      lateCritic('goes on with comments only', slow(says(LONG, 'stall=2', 'comments'), 'idle'), 'It is', 'timeout', {
        stream: { closed: 1 },
        whole: { closed: 1 },
      }),
      lateCritic('connection cut', says(LONG, 'cut=700'), 'It is', 'stream_broken'),
      lateCritic('ends without finish_reason', says(LONG, 'noend'), LONG, 'stream_broken'),
      lateCritic('broken JSON', says(LONG, 'badjson'), 'It is forty', 'bad_response'),
      lateCritic('an error in the stream', says(LONG, 'err=2'), 'It is', 'provider_error'),
      lateCritic('withheld by a filter', says(LONG, 'finish=content_filter'), LONG, 'content_filtered'),
      {
        fault: 'no [DONE]',
        mixture: { proposers: [A, B], critic: [says(MERGED, 'nodone'), D] },
        stream: { sees: complete(MERGED), ...billed, calls: 3 },
      },
      {
        fault: 'cut off at its length limit',
        mixture: { proposers: [A, B], critic: [says(LONG, 'finish=length'), D] },
        stream: { sees: degraded(LONG), ...billed, calls: 3 },
      },
      {
        fault: 'a line of 10 MB',
        mixture: { proposers: [A, B], critic: ['sandbox/longline=10485760'] },
        stream: { sees: complete(HUGE), ...billed, calls: 3 },
      },
    ],
  },
  {
    title: 'Several at once',
    rows: [
      {
        fault: 'all critics are down',
        mixture: { proposers: [A, B], critic: ['sandbox/e500', 'sandbox/e503'] },
        stream: { sees: degraded('It is 42.'), ...billed, calls: 4 },
      },
      {
        fault: 'all proposers are down',
        mixture: { proposers: ['sandbox/e500', 'sandbox/e503'], critic: [C] },
        stream: { sees: degraded(MERGED), ...billed, calls: 3 },
      },
      {
        fault: 'fewer proposals than min_answers',
        mixture: { proposers: [A, 'sandbox/e500'], critic: [C], min_answers: 2 },
        stream: { sees: degraded(MERGED), ...billed, calls: 3 },
      },
      {
        fault: 'fewer proposals than min_answers, critic down',
        mixture: { proposers: [A, 'sandbox/e500'], critic: ['sandbox/e503'], min_answers: 2 },
        stream: { sees: degraded('It is 42.'), ...billed, calls: 3 },
      },
      {
        fault: 'time of the run is up, the critic silent',
        mixture: { proposers: [A, B], critic: ['sandbox/hang'], timeouts: { run: '1200ms' } },
        stream: { sees: degraded('It is 42.'), cost: 'unknown', calls: 3, closed: 1 },
      },
      nobody('everybody: 401', 'sandbox/e401', 502, 'key_refused'),
      nobody('everybody: 402', 'sandbox/e402', 402, 'no_credit'),
      nobody('everybody: 400', 'sandbox/e400', 400, 'request_refused'),
      nobody('everybody: 404', 'sandbox/e404', 500, 'model_unknown'),
      nobody('everybody: 429', 'sandbox/e429,ra=30', 503, 'rate_limited'),
      nobody('everybody: 500', 'sandbox/e500', 502, 'provider_error'),
      nobody('everybody: 503', 'sandbox/e503', 503, 'overloaded'),
      nobody('everybody: connection refused', 'refused:gpt', 502, 'connection_failed', { calls: 0 }),
      nobody('everybody: unknown host', 'nohost:gpt', 502, 'connection_failed', { calls: 0 }),
      nobody('everybody: silence', '', 504, 'timeout', { cost: 'unknown', closed: 3 }, [slow('sandbox/hang'), slow('sandbox/hang')]),
      nobody('everybody: 401, 500', '', 502, 'no_answer', {}, ['sandbox/e500', 'sandbox/e401']),
    ],
  },
  {
    title: 'Tools',
    rows: [
      {
        fault: 'the critic breaks off in its call',
        mixture: { proposers: [A, B], critic: [turns(null, 'cut=900'), turns(null)] },
        ask: TOOLS,
        stream: { sees: degraded(CALLED), ...billed, calls: 4 },
      },
      {
        fault: 'the critic breaks off in its call, after a text',
        mixture: { proposers: [A, B], critic: [turns('I look.', 'cut=1500'), turns(null)] },
        ask: TOOLS,
        stream: { sees: { after: 'I look.', code: 'stream_broken' }, ...billed, calls: 3 },
        whole: { sees: degraded(CALLED), ...billed, calls: 4 },
      },
      {
        fault: 'the critic goes silent in its call',
        mixture: { proposers: [A, B], critic: [slow(turns(null, 'stall=2'), 'idle'), turns(null)] },
        ask: TOOLS,
        stream: { sees: degraded(CALLED), ...billed, calls: 4, closed: 1 },
      },
      {
        fault: 'a call whose arguments are no whole JSON',
        mixture: { proposers: [A, B], critic: ['raw:halfcall', turns(null)] },
        ask: TOOLS,
        stream: { sees: degraded(CALLED), cost: 'unknown', calls: 4 },
      },
      {
        fault: 'all critics are down',
        mixture: { proposers: [A, B], critic: ['sandbox/e500'] },
        ask: TOOLS,
        stream: { sees: degraded('It is 42.'), ...billed, calls: 3 },
      },
    ],
  },
  {
    title: 'JSON by a schema',
    rows: [
      {
        fault: 'the critic breaks off',
        mixture: { proposers: [says(SIX), says(SEVEN)], critic: [says(EIGHT, 'cut=600'), says(EIGHT)] },
        ask: JSON_ANSWER,
        stream: { sees: degraded(EIGHT), ...billed, calls: 4 },
      },
      {
        fault: 'does not fit, repaired',
        mixture: { proposers: [says(SIX), says(SEVEN)], critic: ['raw:misfit'] },
        ask: JSON_ANSWER,
        stream: { sees: complete(ONE), cost: 'unknown', calls: 4 },
      },
      {
        fault: 'does not fit, not even repaired',
        mixture: { proposers: [says(SIX), says(SEVEN)], critic: [says('forty two')] },
        ask: JSON_ANSWER,
        stream: { sees: { after: '', code: 'schema_mismatch' }, ...billed, calls: 4 },
        whole: { sees: { http: 502, code: 'schema_mismatch' }, ...billed, calls: 4 },
      },
      {
        fault: 'does not fit, and the repair breaks off',
        mixture: { proposers: [says(SIX), says(SEVEN)], critic: ['raw:unrepaired'] },
        ask: JSON_ANSWER,
        stream: { sees: { after: '', code: 'schema_mismatch' }, cost: 'unknown', calls: 4 },
        whole: { sees: { http: 502, code: 'schema_mismatch' }, cost: 'unknown', calls: 4 },
      },
      {
        fault: 'all critics are down',
        mixture: { proposers: [says(SIX), says(SEVEN)], critic: ['sandbox/e500'] },
        ask: JSON_ANSWER,
        stream: { sees: degraded(SIX), ...billed, calls: 3 },
      },
    ],
  },
];
