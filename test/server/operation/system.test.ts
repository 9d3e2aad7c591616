import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { rmdirSync } from 'node:fs';
import { join } from 'node:path';
import { afterEach, describe, expect, it } from 'vitest';
import { MOM, runCli } from '../../support/cli.js';
import { journalRuns, keepJournals } from '../../support/journals.js';
import { logLines } from '../../support/serve-cli.js';
import { fault } from './matrix.js';
import { load, MIXTURES, operate, until } from './support.js';

const ends: (() => void | Promise<void>)[] = [];
const finished = (then: () => void | Promise<void>) => void ends.unshift(then);

afterEach(async () => {
  for (const end of ends.splice(0)) await end();
});

describe('what the system does to the gateway', () => {
  it(fault('portInUse'), async () => {
    const mom = await operate({ finished });
    const { status, stdout, stderr } = await runCli(['serve', '--sandbox', '-q', '--port', String(mom.port)], { place: mom.place });
    expect([status, stdout]).toEqual([2, '']);
    expect(stderr).toBe(
      `mom: mom serve can't listen on 127.0.0.1:${mom.port}: the port is in use\nhint: stop what listens there, or choose another with --port (0 picks a free one)\n`,
    );
    expect((await mom.ask({})).status).toBe(200);
  });

  it(fault('noState'), async () => {
    const mom = await operate({ mixtures: MIXTURES, env: { XDG_STATE_HOME: '/dev/null/state' }, finished });
    const ended = await Promise.all(load(mom, 'mom/quick', 20));
    for (const each of ended) expect(each).toEqual({ status: 200, content: 'both', isWhole: true, code: null });
    const { stderr } = await mom.stop();
    const warnings = logLines(stderr).filter(({ level, msg }) => level === 'warn' && msg !== 'request');
    expect(warnings.map(({ msg }) => msg)).toEqual([
      expect.stringMatching(
        /^the journal \/dev\/null\/state\/mom\/runs\/\S+\.jsonl could not be written: ENOTDIR.*; other runs with the same trouble are not named for an hour; the run goes on without it; make room /,
      ),
    ]);
  });

  it(fault('diskFull'), async () => {
    // The system refuses every byte of a file beyond 2 KiB, as a full disk does.
    const mom = await operate({ mixtures: MIXTURES, within: "trap '' XFSZ; ulimit -f 4", finished });
    const ended = await Promise.all(load(mom, 'mom/quick', 20));
    for (const each of ended) expect(each).toEqual({ status: 200, content: 'both', isWhole: true, code: null });
    const { stderr, signal } = await mom.stop();
    expect(signal).toBe('SIGTERM');
    const warnings = logLines(stderr).filter(({ level, msg }) => level === 'warn' && msg !== 'request');
    expect(warnings.map(({ msg }) => msg)).toEqual([
      expect.stringMatching(/^the journal \S+ could not be written: EFBIG/),
      expect.stringMatching(/^runs could not be taken into the store: /),
    ]);
  });

  it(fault('brokenHistory'), async () => {
    const mom = await operate({ mixtures: MIXTURES, finished });
    keepJournals(mom.place);
    const ended = await Promise.all(load(mom, 'mom/quick', 20));
    for (const each of ended) expect(each).toEqual({ status: 200, content: 'both', isWhole: true, code: null });
    await mom.untilStderr('could not be taken into the store');
    await Promise.all(load(mom, 'mom/quick', 10));
    const { stderr, signal } = await mom.stop();
    expect(signal).toBe('SIGTERM');
    const warnings = logLines(stderr).filter(({ level, msg }) => level === 'warn' && msg !== 'request');
    expect(warnings.map(({ msg }) => msg)).toEqual([
      expect.stringMatching(/^runs could not be taken into the store: .*mom\.db.*; their journals wait for the next try; /),
    ]);
    for (const { events } of journalRuns(mom.place))
      expect(events.at(-1)).toMatchObject({ type: 'run.end', result: { status: 'complete' } });
    expect(journalRuns(mom.place)).toHaveLength(30);
    rmdirSync(join(mom.place.state, 'mom', 'mom.db'));
    const { stderr: said } = await runCli(['logs', 'import'], { place: mom.place });
    expect(said).toBe('mom: 30 runs taken in\n');
    expect(journalRuns(mom.place)).toEqual([]);
  });

  it(fault('fewFiles'), async () => {
    const mom = await operate({ mixtures: MIXTURES, within: 'ulimit -n 80', finished });
    await (await mom.ask({})).text();
    const ended = await Promise.all(load(mom, 'mom/quick', 200).map((each) => each.catch(() => null)));
    for (const each of ended)
      if (each?.isWhole) expect(each).toMatchObject({ status: 200, content: expect.stringMatching(/^(both|one|two)$/) });
    await until(async () => (await mom.metric('mom_requests_in_flight')) === 0, 'the end');
    await until(
      () =>
        mom.ask({ model: 'sandbox/say=after' }).then(
          async (response) => (await response.text()).includes('"content":"after"'),
          () => false,
        ),
      'an answer',
    );
    const { stderr, signal } = await mom.stop();
    expect(signal).toBe('SIGTERM');
    expect(stderr).not.toContain('"code":"bug"');
  });

  it(fault('noBudgetFile'), async () => {
    const keys = [{ name: 'ann', key: 'key-of-ann-0123456789', budget: { day: 1 } }, 'key-of-bob-0123456789'];
    const mom = await operate({ mixtures: MIXTURES, serve: { keys }, env: { XDG_STATE_HOME: '/dev/null/state' }, finished });
    for (const _ of [1, 2]) {
      const refused = await mom.ask({}, { 'x-api-key': 'key-of-ann-0123456789' });
      expect([refused.status, await refused.text()]).toEqual([402, expect.stringContaining("spending can't be counted")]);
    }
    expect((await mom.ask({}, { 'x-api-key': 'key-of-bob-0123456789' })).status).toBe(200);
    const { stderr } = await mom.stop();
    expect(stderr.match(/no money can be spent under a budget/g)).toHaveLength(1);
  });

  it.each([
    [fault('noStderr'), 'stderr'],
    [fault('noStdout'), 'stdout'],
  ] as const)('%s', async (_fault, name) => {
    const mom = await operate({ mixtures: MIXTURES, finished });
    mom.child[name].destroy();
    const ended = await Promise.all(load(mom, 'mom/quick', 20));
    for (const each of ended) expect(each).toEqual({ status: 200, content: 'both', isWhole: true, code: null });
    expect(await mom.stop()).toMatchObject({ status: null, signal: 'SIGTERM' });
  });

  it(fault('stuckStderr'), async () => {
    const mom = await operate({ mixtures: MIXTURES, finished });
    mom.child.stderr.pause();
    // More lines than a pipe takes, each with a long path.
    const path = `${mom.url}/${'x'.repeat(2_000)}`;
    for (let i = 0; i < 10; i++) await Promise.all(Array.from({ length: 50 }, async () => (await fetch(path)).text()));
    const ended = await Promise.all(load(mom, 'mom/quick', 20));
    for (const each of ended) expect(each).toEqual({ status: 200, content: 'both', isWhole: true, code: null });
    const gone = once(mom.child, 'exit');
    mom.child.kill('SIGTERM');
    expect(await gone).toEqual([null, 'SIGTERM']);
    mom.child.stderr.destroy();
  });

  it(fault('noStdoutAtStart'), async () => {
    const mom = await operate({ finished });
    const { port } = mom;
    await mom.stop();
    const args = ['serve', '--sandbox', '--port', String(port)];
    const child = spawn(process.execPath, [MOM, ...args], { cwd: mom.place.cwd, env: mom.place.env });
    finished(() => void child.kill('SIGKILL'));
    child.stdout.destroy();
    child.stderr.destroy();
    const done = new Promise((resolve) => child.once('close', (status, signal) => resolve({ status, signal })));
    await until(
      () =>
        mom.ask({}).then(
          (response) => response.ok,
          () => false,
        ),
      'an answer',
    );
    child.kill('SIGTERM');
    expect(await done).toEqual({ status: null, signal: 'SIGTERM' });
  });
});
