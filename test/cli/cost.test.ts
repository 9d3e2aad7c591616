import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { CostRow } from '../../src/core/history.js';
import { type Sandbox, startSandbox } from '../../src/sandbox/index.js';
import { newPlace, runCli } from '../support/cli.js';
import { problems } from '../support/schema.js';
import { onTerminal } from '../support/terminal.js';

const CHEAP = 'sandbox/say=one%20two,in=0,out=1000';
const DEAR = 'sandbox/say=three%20four,in=0,out=5000';
/** Costs something, but nobody tells what. */
const UNKNOWN = 'sandbox/say=one,in=0,out=1000,nocost';

let sandbox: Sandbox;
const place = newPlace();
const mom = (...args: string[]) => runCli(args, { place, env: { MOM_BASE_URL: sandbox.url, MOM_API_KEY: 'key-of-the-test' } });
const rowsBy = async (by: string) => {
  const costs = JSON.parse((await mom('cost', '--json', '--by', by)).stdout) as { rows: CostRow[] };
  expect(problems('runs', costs)).toEqual([]);
  return costs.rows.map(({ key, runs, calls, cost_usd, unpriced_calls }) => [key, runs, calls, cost_usd, unpriced_calls]);
};

const today = () => new Date().toISOString().slice(0, 10);
let days: [before: string, after: string];

beforeAll(async () => {
  sandbox = await startSandbox({});
  const before = today();
  await mom('ask', 'hello', '-m', CHEAP, '-m', DEAR, '--critic', CHEAP);
  await mom('ask', 'again', '-m', DEAR);
  await mom('ask', 'who knows', '-m', UNKNOWN);
  await mom('ask', '--sandbox', 'costs nothing');
  days = [before, today()];
});
afterAll(async () => {
  await sandbox.close();
  place.remove();
});

describe('mom cost', () => {
  it('adds up what real calls have cost by model', async () => {
    expect(await rowsBy('model')).toEqual([
      [DEAR, 2, 2, 0.02, 0],
      [CHEAP, 1, 2, 0.004, 0],
      [UNKNOWN, 1, 1, 0, 1],
    ]);
  });

  it('adds it up by mixture and by client', async () => {
    expect(await rowsBy('mixture')).toEqual([['default', 3, 5, 0.024, 1]]);
    expect(await rowsBy('client')).toEqual([['shell', 3, 5, 0.024, 1]]);
  });

  it('adds it up by day where nothing else is wanted', async () => {
    const costs = JSON.parse((await mom('cost', '--json')).stdout) as { by: string; since: string | null; total: object; rows: CostRow[] };
    expect(costs).toMatchObject({
      by: 'day',
      since: null,
      total: { runs: 3, calls: 5, cost_usd: 0.024, estimated_usd: 0, unpriced_calls: 1 },
    });
    expect(costs.rows.map(({ key }) => key).every((key) => days.includes(key))).toBe(true);
  });

  it('counts a run once in the total by model', async () => {
    const { stdout, stderr, status } = await mom('cost', '--by', 'model');
    expect(stdout.split('\n').map((line) => line.replace(/ {2,}/g, ' | '))).toEqual([
      '$0.02 for 4 calls in 3 runs, and 1 call of unknown price',
      '',
      'model | cost | runs | calls | read | written',
      `${DEAR} | $0.02 | 2 | 2 | 4 | 4`,
      expect.stringMatching(new RegExp(`^${CHEAP} \\| \\$0\\.004 \\| 1 \\| 2 \\| \\d+ \\| 4$`)),
      `${UNKNOWN} | ? | 1 | 1 | 3 | 1`,
      '',
    ]);
    expect({ stderr, status }).toEqual({ stderr: '', status: 0 });
  });

  it('looks at what came since', async () => {
    const { stdout } = await mom('cost', '--since', '1d', '--json');
    expect(JSON.parse(stdout)).toMatchObject({ total: { runs: 3 }, since: expect.stringMatching(/^\d{4}-\d\d-\d\dT[\d:.]+Z$/) });
    expect(await mom('cost', '--since', '2999-01-01')).toMatchObject({
      stdout: '',
      stderr: 'mom: no run has cost anything since then\n',
      status: 0,
    });
  });

  it('prints CSV', async () => {
    const { stdout } = await mom('cost', '--by', 'mixture', '--csv');
    expect(stdout).toMatch(
      /^mixture,runs,calls,input_tokens,output_tokens,cost_usd,estimated_usd,unpriced_calls\r\ndefault,3,5,\d+,\d+,0\.024,0,1\r\n$/,
    );
  });

  it('draws bars on a terminal, as it can', async () => {
    const drawn = await onTerminal('$MOM cost --by client', { place, columns: 80, env: { NO_COLOR: '1' } });
    expect(drawn.screen).toMatch(/\nshell .* █{24}\n$/);
    const plain = await onTerminal('$MOM cost --by client', { place, columns: 80, env: { TERM: 'dumb' } });
    expect(plain.screen).toMatch(/\nshell .* #{24}\n$/);
    expect((await onTerminal('$MOM cost --by client', { place, columns: 80 })).screen).toContain('\u001b[32m█');
    const narrow = await onTerminal('$MOM cost', { place, columns: 20, env: { NO_COLOR: '1' } });
    expect(Math.max(...narrow.screen.split('\n').map((line) => line.length))).toBeLessThanOrEqual(20);
  });

  it('tells what is left of budgets, and what was spent though the configuration is wrong', async () => {
    const other = newPlace();
    try {
      const there = (...args: string[]) =>
        runCli(args, { place: other, env: { MOM_BASE_URL: sandbox.url, MOM_API_KEY: 'key-of-the-test' } });
      writeFileSync(join(other.cwd, 'mom.config.yaml'), 'budget: { day: 2, month: 30 }\n');
      await there('ask', 'hello', '-m', 'sandbox/say=one%20two,in=0,out=200');
      expect((await there('cost')).stdout).toMatch(
        /^\$0\.0004 for 1 call in 1 run\n\$1\.99 left of the budget of \$2 a day\n\$29\.99 left of the budget of \$30 a month\n\nday /,
      );
      writeFileSync(join(other.cwd, 'mom.config.yaml'), 'budgets: 2\n');
      const { stdout, stderr, status } = await there('cost');
      expect(stdout).toMatch(/^\$0\.0004 for 1 call in 1 run\n\nday /);
      expect(stderr).toMatch(/^mom: warning: budgets are not shown: .*mom\.config\.yaml:1:1: /);
      expect(status).toBe(0);
    } finally {
      other.remove();
    }
  });

  it('has nothing to tell where nothing was paid', async () => {
    expect(await runCli(['cost'])).toMatchObject({ stdout: '', stderr: 'mom: no run has cost anything yet\n', status: 0 });
    const { stdout, stderr } = await runCli(['cost', '--json']);
    expect(JSON.parse(stdout)).toMatchObject({ rows: [], total: { runs: 0, cost_usd: 0 } });
    expect(stderr).toBe('');
    expect((await runCli(['cost', '--csv'])).stdout).toBe(
      'day,runs,calls,input_tokens,output_tokens,cost_usd,estimated_usd,unpriced_calls\r\n',
    );
  });

  it('prints one form at a time: 2', async () => {
    expect(await mom('cost', '--json', '--csv')).toMatchObject({
      stdout: '',
      stderr: 'mom: --json and --csv cannot be used together\nhint: leave one of them out\n',
      status: 2,
    });
  });
});
