import { mkdirSync, readdirSync } from 'node:fs';
import { join } from 'node:path';
import { afterEach, expect, it, vi } from 'vitest';
import { openPassingEvals } from '../../../src/store/evals/open.js';
import { newFolder, program } from '../support.js';
import { answer, head, prompts, report } from './samples.js';

afterEach(() => vi.unstubAllEnvs());

it('an evaluation that is not kept is found in its process, and nowhere else', async () => {
  const folder = newFolder();
  vi.stubEnv('TMPDIR', folder);
  const store = await openPassingEvals();
  await store.begin(head('a'), prompts(500));
  for (let i = 0; i < 500; i++) store.keepAnswer(`k${i}`, answer('x'.repeat(10_000)));
  store.keepReport('a', report('a'));
  expect([...store.prompts('a')].length).toBe(500);
  expect(store.answer('k499')).toEqual(answer('x'.repeat(10_000)));
  expect(store.latest(false)?.report).toEqual(report('a'));
  expect(readdirSync(folder)).toEqual([]);
  const other = await openPassingEvals();
  expect([other.answer('k1'), other.latest(false)]).toEqual([null, null]);
  other.close();
  store.close();
  expect(readdirSync(folder)).toEqual([]);
});

it('leaves no file when its process is killed', async () => {
  const folder = newFolder();
  const start = await program(`import { openPassingEvals } from './src/store/evals/open.js';
    import { answer, head, prompts } from './test/store/evals/samples.js';
    process.env.TMPDIR = process.argv[2];
    openPassingEvals().then(async (store) => {
      await store.begin(head('a'), prompts(10));
      for (let i = 0; i < 1_000; i++) store.keepAnswer('k' + i, answer('x'.repeat(3_000)));
      process.stdout.write(store.answer('k999') === null ? 'lost' : 'there');
      setInterval(() => {}, 1_000);
    });`);
  const { child, done } = start(folder);
  child.stdout?.on('data', () => child.kill('SIGKILL'));
  expect(await done).toBe('there');
  expect(readdirSync(folder)).toEqual([]);
});

it('says where there is no room for it', async () => {
  const folder = join(newFolder(), 'gone');
  vi.stubEnv('TMPDIR', folder);
  await expect(openPassingEvals()).rejects.toMatchObject({
    code: 'store_failed',
    message: expect.stringMatching(
      /^the evaluation can't be held in the temporary folder: .*: ENOENT: no such file or directory, mkdtemp /,
    ),
    hint: `make ${join(folder, '..')} and what is in it yours and writable, or set XDG_STATE_HOME to another folder; TMPDIR names another folder`,
  });
  mkdirSync(folder);
  (await openPassingEvals()).close();
});
