import { connect } from 'node:net';
import { afterEach, describe, expect, it } from 'vitest';
import { journalLines, journalRuns, keepJournals } from '../../support/journals.js';
import { chatRequest } from '../../support/wire.js';
import { fault } from './matrix.js';
import { type Ended, load, MESSAGES, MIXTURES, operate, outcome, until } from './support.js';

const ends: (() => void | Promise<void>)[] = [];
const finished = (then: () => void | Promise<void>) => void ends.unshift(then);

afterEach(async () => {
  for (const end of ends.splice(0)) await end();
});

describe('a signal under load', () => {
  it.each([
    [fault('sigterm'), 'SIGTERM'],
    [fault('sigint'), 'SIGINT'],
  ] as const)('%s', async (_fault, signal) => {
    const mom = await operate({ mixtures: MIXTURES, finished });
    keepJournals(mom.place);
    const asked = load(mom, 'mom/slow', 39);
    const kept = await mom.wire();
    kept.send(...chatRequest(JSON.stringify({ model: 'mom/slow', messages: MESSAGES, stream: true })));
    await until(() => mom.sandbox.stats().requests >= 80, 'all calls');
    await kept.until('HTTP/1.1 200 ');
    mom.child.kill(signal);
    await mom.untilStderr('mom stops; waiting for 40 requests');
    await expect(mom.ask({})).rejects.toThrow('fetch failed');
    kept.send(...chatRequest(JSON.stringify({ model: 'mom/slow', messages: MESSAGES })));
    const late = await kept.end();
    expect(late.indexOf('data: [DONE]')).toBeLessThan(late.indexOf('HTTP/1.1 503 '));
    expect(late).toContain('"code":"overloaded"');
    const ended = await Promise.all(asked);
    expect(new Set(ended.map((each) => JSON.stringify(each)))).toEqual(
      new Set([JSON.stringify({ status: 200, content: 'both of them', isWhole: true, code: null })]),
    );
    expect(await mom.done).toMatchObject({ status: null, signal });
    const all = journalRuns(mom.place);
    expect(all).toHaveLength(40);
    expect(journalLines(mom.place).at(-1)).toEqual({ type: 'journal.end' });
    for (const { events } of all)
      expect(events.at(-1)).toMatchObject({ type: 'run.end', result: { status: 'complete', answer: 'both of them' } });
    expect(mom.sandbox.stats()).toMatchObject({ active: 0, cancelled: 0 });
  });

  it(fault('drainOver'), async () => {
    const mom = await operate({ mixtures: MIXTURES, serve: { drain: '300ms' }, finished });
    keepJournals(mom.place);
    const asked = load(mom, 'mom/hanging', 10);
    await until(() => mom.sandbox.stats().active === 20, 'all calls');
    const began = performance.now();
    mom.child.kill('SIGTERM');
    const ended = await Promise.all(asked);
    for (const [i, each] of ended.entries())
      expect(each).toEqual(
        i % 2 === 0
          ? { status: 200, content: '', isWhole: false, code: 'overloaded' }
          : { status: 503, content: null, isWhole: false, code: 'overloaded' },
      );
    const { signal, stderr } = await mom.done;
    expect(signal).toBe('SIGTERM');
    expect(performance.now() - began).toBeLessThan(5_000);
    expect(stderr).toContain('stopping: 10 requests are cut after 0.3 s');
    await until(() => mom.sandbox.stats().active === 0, 'the end of the calls');
    for (const { events } of journalRuns(mom.place))
      expect(events.at(-1)).toMatchObject({ type: 'run.end', result: { status: 'cancelled' } });
  });

  it(fault('drainNotReading'), async () => {
    const mom = await operate({ serve: { drain: '300ms' }, finished });
    const socket = connect(mom.port, '127.0.0.1').pause();
    finished(() => void socket.destroy());
    socket.write(chatRequest(JSON.stringify({ model: 'sandbox/longline=15000000', messages: MESSAGES, stream: true })).join('\r\n'));
    await until(() => mom.asked('sandbox/longline=15000000') === 1 && mom.sandbox.stats().active === 0, 'its answer');
    const began = performance.now();
    expect(await mom.stop()).toMatchObject({ status: null, signal: 'SIGTERM' });
    expect(performance.now() - began).toBeLessThan(10_000);
  });

  it(fault('second'), async () => {
    const mom = await operate({ mixtures: MIXTURES, finished });
    const asked = load(mom, 'mom/hanging', 4).map((each) => each.catch((error: Error) => error.message));
    await until(() => mom.sandbox.stats().active === 8, 'all calls');
    mom.child.kill('SIGTERM');
    await mom.untilStderr('waiting for 4 requests');
    const began = performance.now();
    expect(await mom.stop('SIGTERM')).toMatchObject({ status: null, signal: 'SIGTERM' });
    expect(performance.now() - began).toBeLessThan(1_000);
    for (const each of await Promise.all(asked)) expect(each).toMatch(/fetch failed|terminated/);
    await until(() => mom.sandbox.stats().active === 0, 'the end of the calls');
  });
});

describe('a reload under load', () => {
  it(fault('reload'), async () => {
    const mom = await operate({ mixtures: MIXTURES, finished });
    let isOver = false;
    const seen: Ended[] = [];
    const client = async (stream: boolean) => {
      while (!isOver) seen.push(await outcome(mom.ask({ model: 'mom/quick', messages: MESSAGES, stream }), stream));
    };
    const clients = [true, false, true, false].map(client);
    const long = outcome(mom.ask({ model: 'mom/slow', messages: MESSAGES, stream: true }), true);
    await until(() => seen.length > 4, 'answers');
    mom.configure({ serve: { prot: 1 } });
    await mom.untilStderr('the configuration was not taken over, the old one stays in force');
    const afterBroken = seen.length;
    await until(() => seen.length > afterBroken + 4, 'more answers');
    mom.configure({ serve: { keys: ['key-of-tomorrow-0123'] } });
    await mom.untilStderr('the configuration was read again');
    await until(() => seen.at(-1)?.status === 401, 'the new configuration');
    isOver = true;
    await Promise.all(clients);
    const answered = { status: 200, content: 'both', isWhole: true, code: null };
    const refused = { status: 401, content: null, isWhole: false, code: 'invalid_api_key' };
    const kinds = seen.map((each) => JSON.stringify(each));
    expect(new Set(kinds)).toEqual(new Set([answered, refused].map((each) => JSON.stringify(each))));
    // Whoever was let in is answered, and nobody is let in by the old rules once the new ones have been felt.
    expect(seen.length).toBeGreaterThan(afterBroken + 4);
    expect(await long).toMatchObject({ content: 'both of them', isWhole: true });
    expect((await mom.ask({}, { 'x-api-key': 'key-of-tomorrow-0123' })).status).toBe(200);
    await mom.stop();
  });
});
