import { existsSync, mkdirSync, readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { beforeEach, describe, expect, it, onTestFinished, vi } from 'vitest';
import type { EvalReport } from '../../src/core/eval/report.js';
import { newPlace, type Place, runCli, startCli } from '../support/cli.js';

const FENCE = '```';
const saying = (code: string) => `sandbox/text,say=${encodeURIComponent(`Here it is:\n${FENCE}js\n${code}\n${FENCE}\n`)}`;
const RIGHT = saying('export const slugify = (text) => text.toLowerCase().replaceAll(" ", "-");');
const WRONG = saying('export const slugify = (text) => text;');

let place: Place;
let temporary: string;
beforeEach(() => {
  const { remove, ...made } = newPlace();
  place = made;
  onTestFinished(remove);
  temporary = join(place.root, 'tmp');
  const project = join(place.cwd, 'project');
  for (const folder of [temporary, project, join(project, 'src'), join(project, 'test')]) mkdirSync(folder);
  writeFileSync(join(project, 'package.json'), '{"type": "module", "scripts": {"test": "node --test"}}');
  writeFileSync(
    join(project, 'test', 'slug.test.js'),
    `import assert from 'node:assert';
import { test } from 'node:test';
import { slugify } from '../src/slugify.js';
test('slugify', () => assert.equal(slugify('Hello World'), 'hello-world'));
`,
  );
  const tasks = [1, 2].map((n) => JSON.stringify({ id: `t${n}`, prompt: `Task ${n}: write slugify().`, answer_file: 'src/slugify.js' }));
  writeFileSync(join(place.cwd, 'tasks.jsonl'), tasks.join('\n'));
});

const args = (check: string) => [
  ...['eval', 'tasks.jsonl', '--sandbox', '-m', RIGHT, '-m', WRONG, '--no-sampled'],
  ...['--check', check, '--check-folder', 'project', '--json', '-q'],
];
const world = () => ({ place, env: { TMPDIR: temporary } });

/** Of all processes that this machine shows. */
function commandLines(): string[] {
  const pids = readdirSync('/proc').filter((name) => /^\d+$/.test(name));
  return pids.map((pid) => {
    try {
      return readFileSync(`/proc/${pid}/cmdline`, 'utf8').replaceAll('\0', ' ');
    } catch {
      return '';
    }
  });
}

describe('--check with the tests of a project', () => {
  it('tells right code from wrong code, and leaves the project as it was', async () => {
    const { stdout, stderr, status } = await runCli(args('npm test'), world());
    expect(status).toBe(0);
    const { contestants, prompts } = JSON.parse(stdout) as EvalReport;
    expect(contestants.map(({ name, accuracy }) => [name, accuracy?.right, accuracy?.of])).toEqual([
      [RIGHT, 2, 2],
      [WRONG, 0, 2],
    ]);
    expect(prompts).toMatchObject({ by_check: 2, complete: 2 });
    expect(stderr).not.toContain('changed while the checks ran');
    expect(readdirSync(join(place.cwd, 'project', 'src'))).toEqual([]);
    expect(readdirSync(temporary)).toEqual([]);
  });

  it.skipIf(!existsSync('/proc/self'))(
    'leaves no process and no folder when it is stopped in the middle',
    { timeout: 20_000 },
    async () => {
      // Nobody else sleeps for so long.
      const nap = `sleep ${500_000 + process.pid}.5`;
      const isAsleep = () => commandLines().some((line) => line.startsWith(nap));
      const cli = startCli(args(`${nap} & npm test; ${nap}`), world());
      await vi.waitFor(() => expect(isAsleep()).toBe(true), { timeout: 15_000, interval: 20 });
      expect(readdirSync(temporary)).toEqual([expect.stringMatching(/^mom-check-/)]);
      cli.child.kill('SIGINT');
      const { stdout, signal } = await cli.done;
      expect(signal).toBe('SIGINT');
      expect(JSON.parse(stdout)).toMatchObject({ partial: { code: 'cancelled' }, prompts: { complete: 0 } });
      await vi.waitFor(() => expect(isAsleep()).toBe(false), { timeout: 5_000, interval: 20 });
      expect(readdirSync(temporary)).toEqual([]);
    },
  );
});
