import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import type { RunResult } from '../../src/core/run.js';
import { type Sandbox, startSandbox } from '../../src/sandbox/index.js';
import { newPlace, runCli } from '../support/cli.js';
import { withoutIds } from '../support/kept-run.js';

const ONE = 'sandbox/say=One';
const TWO = 'sandbox/say=Two';
const MERGED = 'sandbox/say=Merged';

const place = newPlace();
let sandbox: Sandbox;
beforeAll(async () => {
  sandbox = await startSandbox({});
});
afterAll(async () => {
  await sandbox.close();
  place.remove();
});

const ask = (...args: string[]) =>
  runCli(['ask', '--retries', '0', '--model-timeout', args.some((arg) => /hang|stall/.test(arg)) ? '1s' : '30s', ...args, 'hello'], {
    place,
    env: { MOM_BASE_URL: sandbox.url, MOM_API_KEY: 'x' },
  });
const json = (text: string) => JSON.parse(text) as RunResult;

const refused = (model: string, status: number) => `openrouter failed for ${model} (${status}): the sandbox was asked to answer ${status}`;
const late = (model: string) => `${model} was not done after 1 s (call limit)`;

interface Fault {
  model: string;
  message: string;
  /** The same after the model's name, which is said once. */
  why: string;
  /** Exit status when everything fails like this. */
  exit: number;
  hint: string;
  /** What a critic that fails like this has shown before. */
  shown: string;
}

const LATER = 'try again later, or use another model';
const SLOW = 'raise timeouts.call (--model-timeout), or use a faster model';
const BASE_URL = 'check that the base URL is one of an OpenAI-compatible API (it usually ends in /v1)';
const EMPTY = 'try again, or allow more tokens: reasoning may have used them up';
const BROKEN = 'try again; if it stays, use another model';
const KEY = 'check the key of openrouter and what it may use';
const ID = 'check the model id with the provider; ids look like `openai/gpt-5` or `provider:model`';

const status = (code: number, exit: number, hint: string): Fault => {
  const model = `sandbox/e${code}`;
  const why = `openrouter failed (${code}): the sandbox was asked to answer ${code}`;
  return { model, message: refused(model, code), why, exit, hint, shown: '' };
};
const SIMULATED = '[simulated answer of';

const FAULTS: Fault[] = [
  status(400, 65, 'change the request as the provider says'),
  status(401, 77, KEY),
  status(402, 4, 'add credit at the provider, or use another provider'),
  status(403, 77, KEY),
  status(404, 78, ID),
  status(413, 65, 'send less, or use a model with a larger context'),
  status(429, 75, 'wait a little, or use fewer models at once'),
  status(500, 69, LATER),
  status(503, 75, LATER),
  {
    model: 'missing/model',
    message: 'openrouter failed for missing/model (400): missing/model is not a valid model ID',
    why: 'openrouter failed (400): missing/model is not a valid model ID',
    exit: 78,
    hint: ID,
    shown: '',
  },
  { model: 'sandbox/hang', message: late('sandbox/hang'), why: late('it'), exit: 75, hint: SLOW, shown: '' },
  { model: 'sandbox/hang,comments', message: late('sandbox/hang,comments'), why: late('it'), exit: 75, hint: SLOW, shown: '' },
  { model: 'sandbox/stall=3', message: late('sandbox/stall=3'), why: late('it'), exit: 75, hint: SLOW, shown: SIMULATED },
  {
    model: 'sandbox/cut=60',
    message: 'the answer of sandbox/cut=60 broke off after 0 characters: truncated',
    why: 'the answer broke off after 0 characters: truncated',
    exit: 69,
    hint: BROKEN,
    shown: '',
  },
  {
    model: 'sandbox/noend',
    message: 'the answer of sandbox/noend ended without a finish reason after 113 characters: truncated',
    why: 'the answer ended without a finish reason after 113 characters: truncated',
    exit: 69,
    hint: BROKEN,
    shown: '[simulated answer of sandbox/noend - no model was asked] This text is filler and says nothing about the question.',
  },
  {
    model: 'sandbox/empty',
    message: 'sandbox/empty gave an empty answer (finish reason: stop)',
    why: 'it gave an empty answer (finish reason: stop)',
    exit: 69,
    hint: EMPTY,
    shown: '',
  },
  {
    model: 'sandbox/empty,reason',
    message: 'sandbox/empty,reason gave an empty answer (finish reason: stop)',
    why: 'it gave an empty answer (finish reason: stop)',
    exit: 69,
    hint: EMPTY,
    shown: '',
  },
  {
    model: 'sandbox/html',
    message: 'openrouter answered with text/html instead of a stream (sandbox/html)',
    why: 'openrouter answered with text/html instead of a stream',
    exit: 69,
    hint: BASE_URL,
    shown: '',
  },
  {
    model: 'sandbox/badjson,say=One',
    message: 'openrouter sent something that is not JSON: {"id":"broken","choices":[{"delta":{"content": (sandbox/badjson,say=One)',
    why: 'openrouter sent something that is not JSON: {"id":"broken","choices":[{"delta":{"content":',
    exit: 69,
    hint: BASE_URL,
    shown: '',
  },
  {
    model: 'sandbox/badtype',
    message: 'openrouter sent a `content` that is no text but of type object (sandbox/badtype)',
    why: 'openrouter sent a `content` that is no text but of type object',
    exit: 69,
    hint: BASE_URL,
    shown: '',
  },
];
const noAnswer = ({ model, why }: Fault) => `mom: warning: ${model} gave no answer: ${why}\n`;
const noCritic = ({ model, why }: Fault) => `mom: warning: ${model} could not write the answer: ${why}\n`;
const UNMERGED = 'mom: warning: no critic could write the answer; the best proposal goes out instead of a merged answer\n';
const CUT_HINT =
  'hint: what was shown is not the whole answer; ask again, or ask without streaming (--json, -o, stream: false), where another critic can take over\n';
const KEPT_HINT =
  'hint: what the models answered is kept: mom logs show ID --proposals shows it, mom ask --resume ID pays only for what is missing\n';

describe.concurrent.each(FAULTS)('$model', (fault) => {
  const { model, message, exit, hint, shown } = fault;

  it('as one proposer beside good ones is one warning', async () => {
    const run = await ask('-m', ONE, '-m', TWO, '-m', model, '--critic', MERGED);
    expect(run).toEqual({ stdout: 'Merged\n', stderr: noAnswer(fault), status: 0, signal: null });
  });

  it('as every proposer leaves the critic to answer alone, degraded', async () => {
    const run = await ask('-m', model, '-m', model, '--critic', MERGED, '--strict');
    const alone = 'mom: warning: only 0 of 2 models answered; the critic is asked alone\n';
    expect(run).toEqual({ stdout: 'Merged\n', stderr: `${noAnswer(fault)}${noAnswer(fault)}${alone}`, status: 3, signal: null });
  });

  it('as a single model gives the exit status of its cause', async () => {
    const run = await ask('-m', model);
    const cut = `mom: the answer is cut off: ${message}\n${CUT_HINT}hint: what came of the answer is kept: mom logs show ID\n`;
    const stderr = shown === '' ? `mom: ${message}\nhint: ${hint}\n` : cut;
    expect({ ...run, stderr: withoutIds(run.stderr) }).toEqual({
      stdout: shown === '' ? '' : `${shown}\n`,
      stderr,
      status: exit,
      signal: null,
    });
  });

  it('as everything gives the exit status of the shared cause', async () => {
    const { stdout, stderr, status } = await ask('-m', model, '-m', model, '--critic', model, '--json');
    const result = json(stdout);
    const alone = 'mom: warning: only 0 of 2 models answered; the critic is asked alone\n';
    const end = `mom: no answer: all 3 calls failed: ${message}\nhint: ${hint}\n`;
    expect({ stderr, status }).toEqual({ stderr: `${noAnswer(fault)}${noAnswer(fault)}${alone}${noCritic(fault)}${end}`, status: exit });
    expect(result).toMatchObject({ status: 'failed', answer: null, error: { message: `no answer: all 3 calls failed: ${message}`, hint } });
  });

  it(`as the critic ${shown === '' ? 'gives way to the next one' : 'that has shown text ends the run with it'}`, async () => {
    const run = await ask('-m', ONE, '-m', TWO, '--critic', model, '--critic', MERGED);
    expect({ ...run, stderr: withoutIds(run.stderr) }).toEqual(
      shown === ''
        ? { stdout: 'Merged\n', stderr: noCritic(fault), status: 0, signal: null }
        : { stdout: `${shown}\n`, stderr: `mom: the answer is cut off: ${message}\n${CUT_HINT}${KEPT_HINT}`, status: exit, signal: null },
    );
  });

  it('as the critic gives way to the next one under --json in any case', async () => {
    const { stdout, stderr, status } = await ask('-m', ONE, '-m', TWO, '--critic', model, '--critic', MERGED, '--json');
    expect({ stderr, status }).toEqual({ stderr: noCritic(fault), status: 0 });
    expect(json(stdout)).toMatchObject({ status: 'degraded', answer: 'Merged', answer_source: 'critic', critic: { model: MERGED } });
  });

  it('as every critic leaves the best proposal', async () => {
    const { stdout, stderr, status } = await ask('-m', ONE, '-m', TWO, '--critic', model, '--critic', model, '--json');
    expect({ stderr, status }).toEqual({ stderr: `${noCritic(fault)}${noCritic(fault)}${UNMERGED}`, status: 0 });
    expect(json(stdout)).toMatchObject({ status: 'degraded', answer: 'One', answer_source: 'proposal:p1' });
  });
});

describe.concurrent('everything dead', () => {
  it('for several causes is 69 and names each', async () => {
    const run = await ask('-m', 'sandbox/e429', '-m', 'sandbox/e401', '--critic', 'sandbox/empty', '-q');
    expect(run).toEqual({
      stdout: '',
      stderr:
        `mom: no answer: all 3 calls failed: ${refused('sandbox/e429', 429)}; ${refused('sandbox/e401', 401)}; ` +
        'sandbox/empty gave an empty answer (finish reason: stop)\nhint: the models failed for different reasons: look at each one above\n',
      status: 69,
      signal: null,
    });
  });

  it.each([
    ['rate limit and overload', 'sandbox/e429', 'sandbox/e503', 75],
    ['timeout and rate limit', 'sandbox/hang', 'sandbox/e429', 75],
    ['key and its rights', 'sandbox/e401', 'sandbox/e403', 77],
    ['credit and rate limit', 'sandbox/e402', 'sandbox/e429', 69],
    ['unknown and broken', 'sandbox/e404', 'sandbox/cut=60', 69],
  ])('%s: %s and %s give %i', async (_name, a, b, exit) => {
    const { status, stdout } = await ask('-m', a, '-m', b, '--critic', a);
    expect({ status, stdout }).toEqual({ status: exit, stdout: '' });
  });

  it('without a critic is a failure too', async () => {
    const run = await ask('-m', 'sandbox/e401', '-m', 'sandbox/e401', '--no-critic', '-q');
    expect(run).toEqual({
      stdout: '',
      stderr: `mom: no answer: all 2 calls failed: ${refused('sandbox/e401', 401)}\nhint: ${KEY}\n`,
      status: 77,
      signal: null,
    });
  });
});

describe('retries', () => {
  beforeEach(() => sandbox.reset());

  it('heal what passes, without a word', async () => {
    const shaky = 'sandbox/e500,fail=1,say=Two';
    const run = await ask('-m', ONE, '-m', shaky, '--critic', MERGED, '--retries', '2', '--model-timeout', '10s');
    expect(run).toEqual({ stdout: 'Merged\n', stderr: '', status: 0, signal: null });
    expect(sandbox.stats().models[shaky]?.requests).toBe(2);
  });

  it.each([400, 401, 402, 403, 404, 413, 422])('are not for %i', async (code) => {
    const model = `sandbox/e${code}`;
    await ask('-m', model, '--retries', '2', '--model-timeout', '10s');
    expect(sandbox.stats().models[model]?.requests).toBe(1);
  });

  it.each([408, 409, 429, 500, 502, 503])('are for %i', async (code) => {
    const model = `sandbox/e${code}`;
    await ask('-m', model, '--retries', '1', '--model-timeout', '10s');
    expect(sandbox.stats().models[model]?.requests).toBe(2);
  });
});

describe('a parameter that a model does not take', () => {
  beforeEach(() => sandbox.reset());

  it('is left out with one warning', async () => {
    const model = 'sandbox/unsupported=temperature,say=Two';
    const run = await ask('-m', ONE, '-m', model, '--critic', MERGED, '--temperature', '1');
    expect(run).toEqual({
      stdout: 'Merged\n',
      stderr: `mom: warning: openrouter does not take temperature for ${model}: asked again without it\n`,
      status: 0,
      signal: null,
    });
    const bodies = sandbox.stats({ bodies: true }).bodies as { model: string; temperature?: number }[];
    expect(bodies.filter((body) => body.model === model).map(({ temperature }) => temperature)).toEqual([1, undefined]);
  });

  it('max_tokens becomes max_completion_tokens', async () => {
    const model = 'sandbox/unsupported=max_tokens,say=Merged';
    const run = await ask('-m', ONE, '-m', TWO, '--critic', model, '--max-tokens', '50');
    expect(run).toEqual({
      stdout: 'Merged\n',
      stderr: `mom: warning: openrouter does not take max_tokens for ${model}: asked again with max_completion_tokens\n`,
      status: 0,
      signal: null,
    });
    const bodies = sandbox.stats({ bodies: true }).bodies as { model: string; max_tokens?: number; max_completion_tokens?: number }[];
    const sent = bodies.filter((body) => body.model === model);
    expect(sent.map(({ max_tokens, max_completion_tokens }) => [max_tokens, max_completion_tokens])).toEqual([
      [50, undefined],
      [undefined, 50],
    ]);
  });
});
