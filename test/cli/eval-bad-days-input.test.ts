import { mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { codesOf, evalCli, reportOf, SANDBOX_LINE, steady, upstreamEvalCli } from '../support/eval-cli.js';
import { sums, writeLines } from '../support/eval-files.js';

const MODELS = ['-m', 'sandbox/solver', '-m', 'sandbox/solver,right=0', '--no-sampled'];

describe('a file of prompts that cannot be used is refused, its line named, before anybody is asked', () => {
  it.each([
    [
      '{"id":"a","prompt":"x?"}\n{"id":"a","prompt":"y?"}\n',
      65,
      ', line 2: the id "a" is that of line 1 already\nhint: give each prompt an id of its own',
    ],
    [
      '{"id":"a","prompt":"x?"}\n{"id":"b","prompt"\n',
      65,
      ', line 2: not valid JSON\nhint: a file of JSON Lines holds one JSON object on each line',
    ],
    [Buffer.from('{"id":\0\0\0 \x01\x02'), 65, ', line 1: binary data, not text\nhint: name a file of JSON Lines or text'],
    ['', 66, ' is empty\nhint: write one prompt on each line'],
    ['\n\n \n', 66, ' is empty\nhint: write one prompt on each line'],
    [
      Buffer.from('{"id":"a","prompt":"caf\xe9?"}\n', 'latin1'),
      65,
      ', line 1: not UTF-8 text\nhint: convert it to UTF-8 first, for example: iconv -f LATIN1 -t UTF-8',
    ],
    [
      '{"id":"a","prompt":"x?","kind":"poetry"}\n',
      65,
      ', line 1: kind cannot be "poetry"\nhint: a kind is one of code, writing, analysis, math, other; without one mom finds it',
    ],
    ['{"id":"a","prompt":7}\n', 65, expect.stringMatching(/^, line 1: /)],
  ])('%#', async (content, status, said) => {
    const { run, place } = evalCli();
    writeFileSync(join(place.cwd, 'bad.jsonl'), content);
    const { stdout, stderr, ...end } = await run(['bad.jsonl', '--sandbox', ...MODELS]);
    expect({ stdout, status: end.status }).toEqual({ stdout: '', status });
    const begin = `${SANDBOX_LINE}mom: ${join(place.cwd, 'bad.jsonl')}`;
    expect(stderr.startsWith(begin)).toBe(true);
    expect(stderr.slice(begin.length, -1)).toEqual(said);
    expect(await run(['--resume', '--sandbox', '-q'])).toMatchObject({ stdout: '', status: 66 });
  });

  it('a file that is not there, and a folder', async () => {
    const { run, place } = evalCli();
    mkdirSync(join(place.cwd, 'folder'));
    const missing = await run(['none.jsonl', '--sandbox', '-q']);
    expect({ ...missing, stderr: steady(missing.stderr, place) }).toMatchObject({
      stderr: "mom: ROOT/work/none.jsonl can't be read: there is no such file\nhint: check the path\n",
      status: 66,
    });
    expect(await run(['folder', '--sandbox', '-q'])).toMatchObject({ stdout: '', status: 66 });
  });

  it('a line of 100 MB', async () => {
    const { run, place } = evalCli();
    const line = Buffer.alloc(100_000_000, 'x');
    line.write('{"id":"a","prompt":"');
    writeFileSync(join(place.cwd, 'long.jsonl'), line);
    const { stderr, status } = await run(['long.jsonl', '--sandbox', '-q']);
    expect({ stderr: steady(stderr, place), status }).toEqual({
      stderr: 'mom: ROOT/work/long.jsonl, line 1: longer than 32 MiB\nhint: put one record on each line\n',
      status: 65,
    });
  });
});

describe('references', () => {
  const UNFIT = {
    id: 'unfit',
    prompt: 'What is 1 + 2?',
    reference:
      'It depends, as all who have thought about it at length know very well, and nobody would sign any of the answers that are around.',
  };

  it('that fit no extractor are counted, and judges compare instead', async () => {
    const { run, place } = evalCli();
    writeLines(place, 'some.jsonl', [...sums(2), UNFIT]);
    const result = await run(['some.jsonl', '--sandbox', ...MODELS, '--json']);
    const said =
      '1 of 3 references fit no extractor, so judges compare these answers; the first one is that of "unfit", it holds no number, which the question asks for';
    expect(result.stderr).toContain(`mom: warning: ${said}\n`);
    expect(result.status).toBe(0);
    const report = reportOf(result);
    expect(report.prompts).toMatchObject({ by_reference: 2, by_judge: 1 });
    expect(report.warnings).toContainEqual({ code: 'reference_unfit', message: said });
  });

  it('that fit no extractor leave it to the command of --check', async () => {
    const { run, place } = evalCli();
    writeLines(place, 'some.jsonl', [...sums(1), UNFIT]);
    const result = await run(['some.jsonl', '--sandbox', ...MODELS, '--check', 'true', '--json', '-q']);
    expect(reportOf(result).warnings).toContainEqual({
      code: 'reference_unfit',
      message:
        '1 of 2 references fit no extractor, so --check tells instead; the first one is that of "unfit", it holds no number, which the question asks for',
    });
    expect(reportOf(result).prompts).toMatchObject({ by_reference: 1, by_check: 1 });
  });

  it('that all fit say nothing', async () => {
    const { run, place } = evalCli();
    writeLines(place, 'sums.jsonl', sums(3));
    const report = reportOf(await run(['sums.jsonl', '--sandbox', ...MODELS, '--json', '-q']));
    expect(codesOf(report)).toEqual(['few_prompts']);
  });
});

it('too few prompts for a verdict: how many are needed is said', async () => {
  const { run, place } = evalCli();
  writeLines(place, 'sums.jsonl', sums(6));
  const { stdout, status } = await run(['sums.jsonl', '--sandbox', ...MODELS]);
  expect(status).toBe(0);
  expect(stdout.split('\n')[0]).toBe(
    '6 prompts are too few for any verdict on sandbox/solver,right=0 against sandbox/solver: to show a difference like the one seen here takes about 20.',
  );
  expect(stdout).toContain('\nwarning: 6 prompts with a result: fewer than 20 allow no verdict\n');
});

describe('money', () => {
  it('of a cap of nothing asks nobody, and reports on nothing', async () => {
    const { run, place, sandbox } = await upstreamEvalCli();
    writeLines(place, 'sums.jsonl', sums(3));
    const result = await run(['sums.jsonl', ...MODELS, '--max-cost', '0', '--json', '-q']);
    expect(result).toMatchObject({ stderr: '', status: 4 });
    expect(reportOf(result)).toMatchObject({
      partial: { code: 'cost_cap', message: "the evaluation's cap of $0 is reached: the next run may cost $0.00802, and $0 is left" },
      prompts: { total: 3, complete: 0 },
      spent_usd: 0,
    });
    expect(sandbox.stats().requests).toBe(0);
  });

  it('of a model without a price cannot be capped, which is said before anybody is asked', async () => {
    const { run, place } = evalCli({ MOM_BASE_URL: 'http://127.0.0.1:9/v1', MOM_API_KEY: 'key-of-the-test' });
    writeLines(place, 'sums.jsonl', sums(3));
    expect(await run(['sums.jsonl', '-m', 'acme/one', '--max-cost', '1', '-q'])).toMatchObject({
      stdout: '',
      stderr:
        'mom: the price of acme/one, which acme/one asks, is not known, so no cap can be held\nhint: give it under pricing: in the configuration, or set allow_unknown_price\n',
      status: 4,
    });
  });

  it('of a day is a cap too', async () => {
    const { run, place } = evalCli();
    writeLines(place, 'sums.jsonl', sums(3));
    const result = await run(['sums.jsonl', '--sandbox', ...MODELS, '--set', 'budget.day=0.00001', '-q']);
    expect({ stderr: result.stderr, status: result.status }).toEqual({ stderr: '', status: 4 });
    expect(result.stdout.split('\n')[0]).toBe(
      'not all of it: the budget of $0.00001 a day is reached: the next run may cost $0.00802, and $0.00001 is left; 0 of 3 prompts are complete; mom eval --resume --sandbox goes on',
    );
  });
});
