import { afterAll, beforeAll, beforeEach, describe, expect, it, onTestFinished, vi } from 'vitest';
import type { EvalReport } from '../../src/core/eval/report.js';
import { type Sandbox, startSandbox } from '../../src/sandbox/index.js';
import { newPlace, type Place, runCli, startCli } from '../support/cli.js';
import { sums, writeLines } from '../support/eval-files.js';

let sandbox: Sandbox;
let place: Place;
beforeAll(async () => {
  sandbox = await startSandbox({});
});
afterAll(() => sandbox.close());
beforeEach(() => {
  sandbox.reset();
  const { remove, ...made } = newPlace();
  place = made;
  onTestFinished(remove);
  writeLines(place, 'sums.jsonl', sums(20));
});

const env = () => ({ MOM_BASE_URL: sandbox.url, MOM_API_KEY: 'key-of-the-test' });
const MODELS = ['-m', 'sandbox/solver,ttft=30', '-m', 'sandbox/solver,ttft=30,right=0'];
const asked = () => sandbox.stats().requests;

describe('an evaluation that is stopped', () => {
  it.each(['SIGINT', 'SIGTERM'] as const)('by %s reports on what there is, dies by it, and goes on with the rest', async (signal) => {
    const cli = startCli(['eval', 'sums.jsonl', ...MODELS, '--concurrency', '2', '--json'], { place, env: env() });
    await vi.waitFor(() => expect(asked()).toBeGreaterThan(12), { timeout: 20_000, interval: 5 });
    cli.child.kill(signal);
    const { stdout, ...end } = await cli.done;
    expect(end).toMatchObject({ status: null, signal });
    const part = JSON.parse(stdout) as EvalReport;
    expect(part.partial).toMatchObject({ code: 'cancelled', message: `cancelled by ${signal}` });
    const kept = part.contestants.reduce((sum, { n }) => sum + n, 0);
    expect(kept).toBeGreaterThanOrEqual(10);
    expect(kept).toBeLessThan(40);
    const before = asked();
    const rest = await runCli(['eval', '--resume', '--json'], { place, env: env() });
    expect(rest.status).toBe(0);
    expect(rest.stderr).toContain(`${kept} of 40 answers are kept from before`);
    expect(asked() - before).toBe(40 - kept);
    expect(JSON.parse(rest.stdout)).toMatchObject({ id: part.id, partial: null, prompts: { total: 20, complete: 20 } });
  });

  it('by kill -9 has kept what was answered', async () => {
    const cli = startCli(['eval', 'sums.jsonl', ...MODELS, '--concurrency', '2', '-q'], { place, env: env() });
    await vi.waitFor(() => expect(asked()).toBeGreaterThan(12), { timeout: 20_000, interval: 5 });
    cli.child.kill('SIGKILL');
    await cli.done;
    const before = asked();
    const rest = await runCli(['eval', '--resume', '--json', '-q'], { place, env: env() });
    expect(JSON.parse(rest.stdout)).toMatchObject({ partial: null, prompts: { total: 20, complete: 20 } });
    expect(asked() - before).toBeLessThanOrEqual(30);
  });
});
