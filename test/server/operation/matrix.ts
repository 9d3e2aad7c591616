/** One line of the matrix in docs/gateway-faults.md. */
interface Row {
  /** What happens; also the title of its test. */
  fault: string;
  /** What the client, or the operator, sees; behind status and code where there are some. */
  seen: string;
  status?: number;
  /** Null: the answer has a body of the API, but no code. */
  code?: string | null;
  /** Stands in the answer. */
  says?: string;
  cost: string;
  /** What is left behind. */
  left: string;
  /** File and title of a test that stands elsewhere, for what takes minutes with a real clock. */
  elsewhere?: readonly [string, string];
}

const CLOSED = 'all calls closed';
const NO_CALL = 'no call left';
const NONE = 'no call was made';

export const MATRIX = {
  leftBeforeFanOut: {
    fault: 'the client goes away while it sends its request',
    seen: 'nobody is there to see; 499 in the log',
    cost: 'nothing',
    left: NONE,
  },
  leftDuringFanOut: {
    fault: 'the client goes away while proposers answer',
    seen: 'the same body again: finished proposals are not asked for again',
    cost: 'finished calls; cut ones as far as they are billed',
    left: CLOSED,
  },
  leftBetween: {
    fault: 'the client goes away between proposals and answer',
    seen: 'the same body again: only the critic is asked',
    cost: 'as above',
    left: CLOSED,
  },
  leftInAnswer: {
    fault: 'the client goes away in the middle of the answer',
    seen: 'the same body again: only the critic is asked, the answer comes whole',
    cost: 'as above',
    left: CLOSED,
  },
  leftMany: {
    fault: '150 clients go away one after another',
    seen: 'the next one is answered',
    cost: 'as above',
    left: 'calls closed within 250 ms in 99 of 100 cases, no connection left open',
  },
  leftAtOnce: {
    fault: '100 clients go away at the same moment',
    seen: 'the next one is answered',
    cost: 'as above',
    left: 'all 300 calls closed',
  },
  leftEmbeddings: {
    fault: 'the client goes away while it waits for embeddings',
    seen: 'nobody is there to see; 499 in the log',
    cost: 'what the provider bills',
    left: CLOSED,
  },
  sameKey: {
    fault: 'five requests with one `Idempotency-Key` at the same time, streams and not',
    seen: 'each gets the whole answer of one run',
    cost: 'one run',
    left: 'one call per model',
  },
  otherBody: {
    fault: 'an `Idempotency-Key` that comes again with another body while the first runs',
    seen: '400, says why',
    cost: 'nothing',
    left: 'the first one goes on',
  },
  joined: {
    fault: 'a retry (`x-stainless-retry-count`) comes while the first try runs, which then goes away',
    seen: 'the retry gets the whole answer of the first run',
    cost: 'one run',
    left: 'one call per model',
  },
  bothLeave: {
    fault: 'two clients of one run go away, one after the other',
    seen: 'nobody is there to see',
    cost: 'as far as it is billed',
    left: 'calls go on for the second one, and are closed when it goes',
  },
  impatient: {
    fault: 'an openai client whose time limit is shorter than a run',
    seen: 'its own retries get further each time, until one has the whole answer',
    cost: 'a finished proposal once; cut calls as far as they are billed',
    left: NO_CALL,
  },
  manyStreams: {
    fault: '300 streams at once',
    seen: 'every one whole',
    cost: 'each its own',
    left: NO_CALL,
  },
  notReading: {
    fault: 'a client does not read',
    seen: 'others are answered meanwhile',
    cost: 'the run',
    left: 'nothing once it is gone',
  },
  silence: {
    fault: 'models think for long',
    seen: 'a comment at least every `serve.heartbeat` (10 s), then the whole answer',
    cost: 'the run',
    left: NO_CALL,
  },
  longSilence: {
    fault: 'ten minutes without a word of the models',
    seen: 'a comment every 10 s, 59 of them, then the whole answer',
    cost: 'the run',
    left: NO_CALL,
    elsewhere: ['test/server/chat/stream.test.ts', 'is broken by a comment every ten seconds, for ten minutes'],
  },
  neverReading: {
    fault: 'a client reads nothing for a minute although more than 1 MiB waits',
    seen: 'its connection is closed',
    cost: 'as far as it is billed',
    left: CLOSED,
    elsewhere: ['test/server/chat/sockets.test.ts', 'hangs up on a client that does not read'],
  },
  halfClosed: {
    fault: 'the client closes its half of the connection',
    seen: 'counts as gone: nobody can tell the two apart',
    cost: 'as far as it is billed',
    left: CLOSED,
  },
  overload: {
    fault: 'more requests than `serve.max_in_flight`',
    status: 503,
    code: 'overloaded',
    seen: '`retry-after`, within 50 ms',
    cost: 'nothing',
    left: NONE,
  },
  concurrency: {
    fault: 'more requests of one key at once than its `concurrency`',
    status: 429,
    code: 'rate_limit_exceeded',
    seen: '`retry-after`; other keys are answered',
    cost: 'nothing',
    left: NONE,
  },
  rate: {
    fault: 'more requests of one key in a minute than its `requests_per_minute`',
    status: 429,
    code: 'rate_limit_exceeded',
    seen: '`retry-after`; other keys are answered',
    cost: 'nothing',
    left: NONE,
  },
  tooLarge: {
    fault: 'a body larger than `serve.max_body`',
    status: 413,
    code: 'request_too_large',
    seen: 'before it is read',
    cost: 'nothing',
    left: NONE,
  },
  sendsAllTheSame: {
    fault: 'five clients send 8 MiB too much without waiting for an answer',
    status: 413,
    code: 'request_too_large',
    seen: 'each can read it',
    cost: 'nothing',
    left: NONE,
  },
  noJson: {
    fault: 'a body that is no JSON',
    status: 400,
    code: null,
    says: 'the body is not valid JSON: unexpected text at line 1, column 18',
    seen: 'the place is named',
    cost: 'nothing',
    left: NONE,
  },
  noUtf8: { fault: 'a body that is not UTF-8', status: 400, code: null, seen: '', cost: 'nothing', left: NONE },
  wrongMethod: {
    fault: 'wrong method',
    status: 405,
    code: 'method_not_allowed',
    says: 'allow: POST, OPTIONS',
    seen: '`allow`',
    cost: 'nothing',
    left: NONE,
  },
  wrongType: { fault: 'wrong content type', status: 415, code: 'unsupported_media_type', seen: '', cost: 'nothing', left: NONE },
  wrongPath: { fault: 'wrong path', status: 404, code: 'not_found', seen: '', cost: 'nothing', left: NONE },
  wrongModel: {
    fault: 'a model that nobody has',
    status: 404,
    code: 'model_not_found',
    seen: '',
    cost: 'nothing',
    left: NONE,
  },
  wrongHost: { fault: 'a Host that is not of this machine', status: 403, code: 'forbidden', seen: '', cost: 'nothing', left: NONE },
  wrongOrigin: {
    fault: 'a web page of an origin that is not named',
    status: 403,
    code: 'forbidden',
    seen: '',
    cost: 'nothing',
    left: NONE,
  },
  wrongKey: { fault: 'no key, or a wrong one', status: 401, code: 'invalid_api_key', seen: '', cost: 'nothing', left: NONE },
  noHost: { fault: 'HTTP/1.1 without a Host', status: 400, seen: 'by the HTTP parser, without a body', cost: 'nothing', left: NONE },
  noHost10: { fault: 'HTTP/1.0 without a Host', status: 403, code: 'forbidden', seen: '', cost: 'nothing', left: NONE },
  manyHeaders: {
    fault: 'a head of more than 16 KiB',
    status: 431,
    seen: 'by the HTTP parser, without a body',
    cost: 'nothing',
    left: NONE,
  },
  slowHead: {
    fault: 'a head that takes longer than 15 s',
    status: 408,
    seen: 'then the end of the connection',
    cost: 'nothing',
    left: NONE,
    elsewhere: ['test/server/socket/listen.test.ts', 'get so long for the head'],
  },
  slowBody: {
    fault: 'a body that takes longer than 60 s',
    status: 408,
    code: 'request_timeout',
    seen: 'then the end of the connection',
    cost: 'nothing',
    left: NONE,
    elsewhere: ['test/server/socket/listen.test.ts', 'get so long for the body'],
  },
  noRequest: {
    fault: 'TLS, HTTP/2, a tunnel, broken heads and lengths',
    status: 400,
    seen: 'or, for the tunnel, the end of the connection',
    cost: 'nothing',
    left: NONE,
  },
  hundredsOfHeaders: { fault: '300 short header fields', status: 200, seen: 'the answer', cost: 'the run', left: NO_CALL },
  http10: {
    fault: 'a client of HTTP/1.0',
    status: 200,
    seen: 'the whole answer or stream, without chunks, then the end of the connection',
    cost: 'the run',
    left: NO_CALL,
  },
  pipelined: {
    fault: 'three requests in one piece on one connection',
    status: 200,
    seen: 'three answers in order',
    cost: 'the runs',
    left: NO_CALL,
  },
  pipelinedAndGone: {
    fault: 'a client goes away after three requests in one piece',
    seen: 'nobody is there to see',
    cost: 'as far as it is billed',
    left: CLOSED,
  },
  garbageBehind: {
    fault: 'a request with garbage behind it',
    status: 400,
    seen: 'and the end of the connection',
    cost: 'as far as it is billed',
    left: CLOSED,
  },
  kept: {
    fault: 'good and bad requests by turns on a connection that is kept',
    seen: 'each its answer',
    cost: 'the good ones',
    left: NO_CALL,
  },
  keyBudget: {
    fault: "100 requests race for one key's budget",
    seen: 'whole answers while it lasts; then 402 `cost_cap`, in a stream an error chunk',
    cost: 'at most the budget and one token',
    left: NO_CALL,
  },
  dayBudget: {
    fault: 'the same for the budget of all',
    seen: 'as above',
    cost: 'at most the budget and one token',
    left: NO_CALL,
  },
  outgrown: {
    fault: 'the same with answers that grow longer than expected',
    seen: 'as above; an answer that would go beyond it is stopped with 402 or an error chunk',
    cost: 'at most the budget, and for each stopped answer one token and what was on its way',
    left: CLOSED,
  },
  killed: {
    fault: 'SIGKILL in the middle of a call, and a new start',
    seen: 'connections break; the new process has the same port at once',
    cost: 'what was spent or reserved still counts',
    left: 'calls closed by the system',
  },
  sigterm: {
    fault: 'SIGTERM with 40 requests under way',
    seen: 'every answer comes whole; new connections are refused, new requests on old ones get 503',
    cost: 'the runs',
    left: 'journals complete; the process dies by the signal',
  },
  sigint: {
    fault: 'SIGINT with 40 requests under way',
    seen: 'the same',
    cost: 'the runs',
    left: 'the same',
  },
  drainOver: {
    fault: 'SIGTERM, and requests that take longer than `serve.drain`',
    seen: '503 `overloaded`; in a stream an error chunk',
    cost: 'as far as it is billed',
    left: 'calls closed, journals complete, a line in the log',
  },
  drainNotReading: {
    fault: 'SIGTERM, and a client that does not read its answer',
    seen: 'its connection breaks after `serve.drain`',
    cost: 'the run',
    left: 'the process ends all the same',
  },
  second: {
    fault: 'a second SIGTERM',
    seen: 'connections break',
    cost: 'as far as it is billed',
    left: 'calls closed; the process is gone within a second',
  },
  reload: {
    fault: 'a broken configuration under load, then a good one',
    seen: 'nobody notices the broken one; the good one holds for new requests, those under way end by the old one',
    cost: 'the runs',
    left: 'a line in the log each',
  },
  portInUse: {
    fault: 'the port is in use',
    seen: 'the new process ends with 2 and says so; the old one answers',
    cost: 'nothing',
    left: NONE,
  },
  noState: {
    fault: 'the state folder can not be written',
    seen: 'every answer comes whole; one warning in the log',
    cost: 'the runs',
    left: 'no journals',
  },
  diskFull: {
    fault: 'the disk is full',
    seen: 'every answer comes whole; a warning in the log for each thing that can not be written, again after an hour',
    cost: 'the runs',
    left: 'journals end early',
  },
  brokenHistory: {
    fault: 'the history is broken, or can not be written',
    seen: 'every answer comes whole; a warning in the log, again after an hour',
    cost: 'the runs',
    left: 'journals complete; they go into the history when it can be used again',
  },
  fewFiles: {
    fault: '200 requests while the system allows 80 open files',
    seen: 'each an answer, an error of the API, or a closed connection; everybody is answered afterwards',
    cost: 'the runs',
    left: 'nothing under way',
  },
  noBudgetFile: {
    fault: "the file of a key's budget can not be used",
    seen: '402 `cost_cap` for this key: a promise that can not be kept; other keys are answered; one warning in the log',
    cost: 'nothing',
    left: NONE,
  },
  noStderr: {
    fault: 'the reader of the log goes away',
    seen: 'every answer comes whole',
    cost: 'the runs',
    left: 'the log is lost, the journals are not',
  },
  stuckStderr: {
    fault: 'the reader of the log does not read',
    seen: 'every answer comes whole',
    cost: 'the runs',
    left: 'lines beyond a megabyte are lost; a signal ends the process all the same',
  },
  noStdout: { fault: 'the reader of stdout goes away', seen: 'every answer comes whole', cost: 'the runs', left: 'the log goes on' },
  noStdoutAtStart: {
    fault: 'nobody reads stdout and stderr from the start',
    seen: 'answers all the same',
    cost: 'the runs',
    left: 'the process dies by its signal, not by a broken pipe',
  },
} as const satisfies Record<string, Row>;

export type Fault = keyof typeof MATRIX;

/** The rows as the table of docs/gateway-faults.md. */
export function operationTable(): string {
  const head = ['| fault | what is seen | cost | what is left |', '|---|---|---|---|'];
  const rows: Row[] = Object.values(MATRIX);
  return `${[...head, ...rows.map(lineOf)].join('\n')}\n`;
}

function lineOf({ fault, status, code, seen, cost, left }: Row): string {
  const http = [status, code && `\`${code}\``].filter(Boolean).join(' ');
  return `| ${fault} | ${[http, seen].filter(Boolean).join(': ')} | ${cost} | ${left} |`;
}

/** The title of the test of a line. */
export function fault(name: Fault): string {
  return MATRIX[name].fault;
}
