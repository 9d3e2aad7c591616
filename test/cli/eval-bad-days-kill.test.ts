import { existsSync, mkdirSync, readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, it, vi } from 'vitest';
import { evalCli, reportOf, type UpstreamEvalCli, upstreamEvalCli } from '../support/eval-cli.js';
import { sums, writeLines } from '../support/eval-files.js';
import { modelServer, sendJson } from '../support/model-server.js';

const MODELS = ['-m', 'sandbox/solver,ttft=15', '-m', 'sandbox/solver,ttft=15,right=0', '--no-sampled'];
const asked = ({ sandbox }: UpstreamEvalCli) => sandbox.stats().requests;

async function withSums(count: number): Promise<UpstreamEvalCli & { tmp: string }> {
  const cli = await upstreamEvalCli();
  writeLines(cli.place, 'sums.jsonl', sums(count));
  const tmp = join(cli.place.root, 'tmp');
  mkdirSync(tmp);
  return { ...cli, tmp };
}

it('killed ten times and gone on with, it asks nothing twice but what was under way, and leaves no file', { timeout: 60_000 }, async () => {
  const cli = await withSums(30);
  const options = { env: { TMPDIR: cli.tmp } };
  const flags = ['--concurrency', '2', '-q'];
  for (let kill = 0; kill < 10; kill++) {
    const args = kill === 0 ? ['sums.jsonl', ...MODELS] : ['--resume'];
    const running = cli.start([...args, ...flags], options);
    const before = asked(cli);
    // In the middle of asking, each time somewhere else; every third one as soon as it has begun to ask.
    const more = kill % 3 === 2 ? 1 : 3 + (kill % 4);
    await vi.waitFor(() => expect(asked(cli)).toBeGreaterThanOrEqual(before + more), { timeout: 20_000, interval: 2 });
    running.child.kill('SIGKILL');
    await running.done;
  }
  const killed = asked(cli);
  const rest = await cli.run(['--resume', '--json', ...flags], options);
  expect({ stderr: rest.stderr, status: rest.status }).toEqual({ stderr: '', status: 0 });
  expect(reportOf(rest)).toMatchObject({ partial: null, prompts: { total: 30, complete: 30 } });
  // Each kill loses at most what was under way.
  expect(killed).toBeGreaterThan(20);
  expect(asked(cli)).toBeGreaterThanOrEqual(60);
  expect(asked(cli)).toBeLessThanOrEqual(60 + 10 * 2);
  const again = asked(cli);
  expect(reportOf(await cli.run(['--resume', '--json', '-q'], options)).spent_usd).toBe(0);
  expect(asked(cli)).toBe(again);
  expect(readdirSync(cli.tmp)).toEqual([]);
  const kept = readdirSync(join(cli.place.state, 'mom')).filter((name) => !name.startsWith('evals.db') && !name.startsWith('mom.db'));
  expect(kept.sort()).toEqual(['evals-latest.json', 'runs']);
});

it('two at once on the same prompts keep everything, each its own report', { timeout: 20_000 }, async () => {
  const cli = await withSums(10);
  const both = await Promise.all([0, 1].map(() => cli.run(['sums.jsonl', ...MODELS, '--json', '-q'])));
  expect(both.map(({ stderr, status }) => ({ stderr, status }))).toEqual([
    { stderr: '', status: 0 },
    { stderr: '', status: 0 },
  ]);
  const reports = both.map(reportOf);
  expect(new Set(reports.map(({ id }) => id)).size).toBe(2);
  for (const report of reports) expect(report.prompts).toMatchObject({ total: 10, complete: 10, by_reference: 10 });
  expect(asked(cli)).toBeLessThanOrEqual(40);
  for (const { id } of reports) expect(reportOf(await cli.run(['show', id, '--json'])).id).toBe(id);
});

it('Ctrl-C once is a report on what is there, twice an end at once', { timeout: 20_000 }, async () => {
  const cli = await withSums(20);
  // The first prompts are answered, then one hangs.
  const models = ['-m', 'sandbox/solver', '-m', 'sandbox/solver,right=0.5,hang', '--no-sampled'];
  const running = cli.start(['sums.jsonl', ...models, '--concurrency', '2', '-q']);
  await vi.waitFor(() => expect(asked(cli)).toBeGreaterThanOrEqual(2), { timeout: 20_000, interval: 2 });
  running.child.kill('SIGINT');
  const once = await running.done;
  expect(once).toMatchObject({ stderr: '', status: null, signal: 'SIGINT' });
  expect(once.stdout.split('\n')[0]).toMatch(
    /^not all of it: cancelled by SIGINT; \d+ of 20 prompts are complete; mom eval --resume goes on$/,
  );
  const second = cli.start(['--resume', '-q']);
  const before = asked(cli);
  await vi.waitFor(() => expect(asked(cli)).toBeGreaterThan(before), { timeout: 20_000, interval: 2 });
  second.child.kill('SIGINT');
  second.child.kill('SIGINT');
  expect(await second.done).toMatchObject({ signal: 'SIGINT', status: null });
});

it('with --no-log nothing is on the disk, neither at the end nor after kill -9', { timeout: 20_000 }, async () => {
  const cli = await withSums(12);
  const options = { env: { TMPDIR: cli.tmp } };
  const args = ['sums.jsonl', ...MODELS, '--no-log', '-q'];
  const left = () => [readdirSync(cli.tmp), existsSync(join(cli.place.state, 'mom'))];
  const running = cli.start([...args, '--concurrency', '1'], options);
  await vi.waitFor(() => expect(asked(cli)).toBeGreaterThanOrEqual(3), { timeout: 20_000, interval: 2 });
  running.child.kill('SIGKILL');
  await running.done;
  expect(left()).toEqual([[], false]);
  expect((await cli.run([...args, '--json'], options)).status).toBe(0);
  expect(left()).toEqual([[], false]);
  expect(await cli.run(['--resume', '-q'], options)).toMatchObject({ stdout: '', status: 66 });
});

it('no key is anywhere on the disk or on a stream, though the provider says it in its errors', { timeout: 20_000 }, async () => {
  const key = 'sk-canary-0f1e2d3c4b5a69788796a5b4c3d2e1f0';
  const upstream = await modelServer((req, res) => {
    if (req.method !== 'POST') return sendJson(res, 200, { data: [] });
    const isGood = upstream.seen.length % 2 === 0;
    const message = `your key ${key} (${req.headers.authorization}) is fine, the server is not`;
    if (!isGood) return sendJson(res, 500, { error: { message } });
    return sendJson(res, 200, { choices: [{ message: { role: 'assistant', content: '#### 3' }, finish_reason: 'stop' }] });
  });
  const cli = evalCli({ MOM_BASE_URL: upstream.url, MOM_API_KEY: key });
  writeLines(cli.place, 'sums.jsonl', sums(3));
  const args = ['sums.jsonl', '-m', 'acme/one', '-m', 'acme/two', '--no-sampled', '--set', 'retries=0', '--concurrency', '1'];
  const result = await cli.run([...args, '-o', 'out']);
  expect(result.status).toBe(0);
  expect(result.stdout).toContain(' is fine, the server is not');
  const shown = await cli.run(['show', '--json']);
  // The process that takes the journals into the store may still be at it, and removes them.
  await vi.waitFor(() => expect(readdirSync(join(cli.place.state, 'mom', 'runs'))).toEqual([]), { timeout: 10_000 });
  const bytes = (folder: string): string[] =>
    readdirSync(folder, { recursive: true, withFileTypes: true }).flatMap((entry) => {
      const path = join(entry.parentPath, entry.name);
      return entry.isFile() && existsSync(path) ? [readFileSync(path, 'latin1')] : [];
    });
  const files = [cli.place.root].flatMap(bytes);
  expect(files.filter((text) => text.includes('is fine, the server is not')).length).toBeGreaterThan(2);
  for (const text of [result.stdout, result.stderr, shown.stdout, ...files]) expect(text.includes(key)).toBe(false);
});
