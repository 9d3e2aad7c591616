import { expect, it } from 'vitest';
import { oncePerCause } from '../../../src/cli/serve/once-per-cause.js';
import { systemClock } from '../../../src/core/clock.js';
import { MomError } from '../../../src/core/error.js';

function trouble(path: string, code: string): MomError {
  return new MomError('output_failed', `${path} could not be written: ${code}`, {
    hint: 'make room',
    cause: Object.assign(new Error(`${code}: ${path}`), { code }),
  });
}

it('tells the same trouble of many runs once an hour, and each other one too', () => {
  let now = 0;
  const told: string[] = [];
  const onError = oncePerCause((message) => told.push(message.split(';')[0] ?? ''), { ...systemClock, now: () => now });
  onError('journal')(trouble('a', 'ENOSPC'));
  onError('journal')(trouble('b', 'ENOSPC'));
  onError('journal')(trouble('c', 'EACCES'));
  onError('trace')(trouble('d', 'ENOSPC'));
  now = 3_599_999;
  onError('journal')(trouble('e', 'ENOSPC'));
  now = 3_600_000;
  onError('journal')(trouble('f', 'ENOSPC'));
  expect(told).toEqual([
    'a could not be written: ENOSPC',
    'c could not be written: EACCES',
    'd could not be written: ENOSPC',
    'f could not be written: ENOSPC',
  ]);
});

it('says what to do', () => {
  const told: string[] = [];
  oncePerCause((message) => told.push(message), systemClock)('journal')(trouble('a', 'ENOSPC'));
  expect(told).toEqual(['a could not be written: ENOSPC; other runs with the same trouble are not named for an hour; make room']);
});
