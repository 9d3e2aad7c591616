import { describe, expect, it } from 'vitest';
import { mixture } from '../../support/mixture.js';
import type { Step } from '../../support/scripted-client.js';
import { parsed, QUESTION, textOf, world } from './support.js';

const STREAM = { ...QUESTION, stream: true };
const MEGABYTE = 'x'.repeat(1024 * 1024);
const single = mixture([], ['c'], { strategy: 'single' });

/** Opens a stream, reads its first chunk, then nothing for `pause`. */
async function pausing(script: Step[], pause: number) {
  const made = world({ mixture: single, scripts: { c: script } });
  const decoder = new TextDecoder();
  const outcome = await made.clock.play(
    (async () => {
      const asked = await made.ask(STREAM);
      const reader = asked.response.body!.getReader();
      let text = decoder.decode((await reader.read()).value);
      await new Promise<void>((resolve) => void made.clock.after(pause, resolve));
      const failure = await (async () => {
        for (let part = await reader.read(); !part.done; part = await reader.read()) text += decoder.decode(part.value);
        return null;
      })().catch((error: unknown) => (error as Error).message);
      return { ...asked, text, failure };
    })(),
  );
  return { ...outcome, aborted: made.client.aborted };
}

describe('a client that does not read', () => {
  it('counts as gone a minute after more than a megabyte waits for it', async () => {
    const script: Step[] = [{ wait: 10 }, { type: 'text', text: `${MEGABYTE}more` }, { hang: true }];
    const { failure, aborted, report, finished } = await pausing(script, 61_000);
    expect(failure).toBe('the client had read nothing for 60 s');
    expect(aborted).toEqual(['c']);
    expect(report).toMatchObject({ runStatus: 'cancelled', error: { code: 'cancelled', message: 'the client had read nothing for 60 s' } });
    expect(finished()).toBe(1);
  });

  it('loses nothing when it reads again in time', async () => {
    const script: Step[] = [
      { wait: 10 },
      { type: 'text', text: `${MEGABYTE}more` },
      { wait: 70_000 },
      { type: 'text', text: ' and more' },
      { type: 'finish', reason: 'stop' },
    ];
    const { failure, text } = await pausing(script, 59_000);
    expect(failure).toBeNull();
    expect(textOf(text)).toBe(`${MEGABYTE}more and more`);
    expect(text.endsWith('data: [DONE]\n\n')).toBe(true);
  });

  it('may take its time as long as little waits', async () => {
    const script: Step[] = [{ wait: 10 }, { type: 'text', text: 'a' }, { wait: 150_000 }, { type: 'finish', reason: 'stop' }];
    const { failure, text } = await pausing(script, 140_000);
    expect(failure).toBeNull();
    expect(textOf(text)).toBe('a');
  });

  it('counts as gone a minute after the end of the run, so that no stream stays open for ever', async () => {
    const script: Step[] = [{ wait: 10 }, { type: 'text', text: 'a' }, { type: 'finish', reason: 'stop' }];
    const { failure, report, finished } = await pausing(script, 61_000);
    expect(failure).toBe('the client had read nothing for 60 s');
    expect(report).toMatchObject({ runStatus: 'complete', error: { code: 'cancelled' } });
    expect(finished()).toBe(1);
  });

  it('that is slow gets what has gathered in few frames, and no heartbeats', async () => {
    const pieces = Array.from({ length: 1_000 }, (_, i): Step => ({ type: 'text', text: `${i} ` }));
    const script: Step[] = [{ wait: 10 }, ...pieces, { wait: 25_000 }, { type: 'finish', reason: 'stop' }];
    const { text } = await pausing(script, 30_000);
    expect(parsed(text)).toHaveLength(3);
    expect(textOf(text)).toBe(Array.from({ length: 1_000 }, (_, i) => `${i} `).join(''));
    expect(text).not.toContain(': mom');
  });
});
