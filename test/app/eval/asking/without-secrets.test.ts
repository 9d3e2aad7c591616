import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, it } from 'vitest';
import { newFolder } from '../../../store/support.js';
import { essays, evalPlace } from '../support.js';

const KEY = 'canary-0123456789';
/** As a model's id has it, which is kept. */
const CODED = KEY.replace('c', '%63');

it('keeps no key that a model repeats, neither in answers nor in what judges and files get of them', async () => {
  const place = await evalPlace();
  const state = newFolder();
  const evaluation = await place.open({
    lines: essays(1),
    env: { XDG_STATE_HOME: state, SOME_API_KEY: KEY },
    wishes: { models: [`sandbox/say=my%20key%20is%20${CODED}!`, 'sandbox/echo'], judges: [`sandbox/say=WHY:%20${CODED}`], sampled: false },
  });
  await evaluation.run();
  const texts = [...evaluation.records().answers()].map(({ text }) => text);
  await evaluation.close();
  expect(texts).toContain('my key is [redacted]!');
  const files = readdirSync(state, { recursive: true, withFileTypes: true }).filter((entry) => entry.isFile());
  expect(files.map(({ name }) => name)).toContain('evals.db');
  for (const { parentPath, name } of files) expect(readFileSync(join(parentPath, name)).includes(KEY), name).toBe(false);
});
