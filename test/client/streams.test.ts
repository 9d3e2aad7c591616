import type { ServerResponse } from 'node:http';
import { describe, expect, it } from 'vitest';
import { LineTooLongError, SseReader } from '../../src/client/answer/sse.js';
import { systemClock } from '../../src/core/clock.js';
import type { Timeouts } from '../../src/core/limits.js';
import { ask, client, data, delta, good, sse, stillClock, told, upstream } from './support.js';

describe('server-sent events', () => {
  const cases: [string, string, string[]][] = [
    ['data with and without a space', 'data: a\n\ndata:b\n\n', ['a', 'b']],
    ['several lines of data', 'data: a\ndata: b\n\n', ['a\nb']],
    ['comments, other fields and empty events', ': hi\n\nevent: x\nid: 1\ndata: a\n\n\n\nretry: 5\n\n', ['a']],
    ['CRLF', 'data: a\r\n\r\ndata: b\r\n\r\n', ['a', 'b']],
    ['CR', 'data: a\r\rdata: b\r\r', ['a', 'b']],
    ['a byte order mark', '\uFEFFdata: a\n\n', ['a']],
    ['a last event without its end', 'data: a\n\ndata: b', ['a', 'b']],
    ['characters of several bytes', 'data: grün 🌿 漢\n\n', ['grün 🌿 漢']],
  ];
  it.each(cases)('are read whole and byte by byte: %s', (_, text, expected) => {
    const bytes = Buffer.from(text);
    for (const size of [bytes.length, 1, 2, 3]) {
      const reader = new SseReader();
      const events: string[] = [];
      for (let at = 0; at < bytes.length; at += size) events.push(...reader.push(bytes.subarray(at, at + size)));
      expect([...events, ...reader.end()]).toEqual(expected);
    }
  });

  it('have lines of a bounded length, in one piece or in many', () => {
    expect(new SseReader(10).push(Buffer.from('data: 1234\n\n'))).toEqual(['1234']);
    expect(() => new SseReader(10).push(Buffer.from('data: 12345\n\n'))).toThrow(LineTooLongError);
    const reader = new SseReader(10);
    reader.push(Buffer.from('data: 12'));
    expect(() => reader.push(Buffer.from('345'))).toThrow('a line of more than 10 characters');
  });
});

describe('a stream that breaks off', () => {
  const STREAM = Buffer.from(
    [
      ': OPENROUTER PROCESSING\n\n',
      delta('grün '),
      delta('und gut'),
      delta('', 'stop'),
      data({ choices: [], usage: { prompt_tokens: 1, completion_tokens: 2, cost: 0.5 } }),
      data('[DONE]'),
    ].join(''),
  );
  const END_OF_FINISH = Buffer.byteLength(
    STREAM.toString().slice(0, STREAM.toString().indexOf('\n\n', STREAM.toString().indexOf('"stop"')) + 1),
  );

  it.each([
    ['ends', (res: ServerResponse) => void res.end()],
    ['is reset', (res: ServerResponse) => void res.destroy()],
  ])('is an answer only from its finish reason on, wherever it %s', async (_, cut) => {
    const up = await upstream((res, _seen, n) => {
      res.writeHead(200, sse);
      res.write(STREAM.subarray(0, n - 1), () => cut(res));
      if (n === 1) res.flushHeaders();
    });
    const one = client(up.url);
    for (let bytes = 0; bytes < STREAM.length; bytes++) {
      const answer = await told(one.call(ask({ retries: 0 })));
      // The last line counts without its line break when the stream ends well.
      const isWhole = bytes > END_OF_FINISH || (bytes >= END_OF_FINISH - 1 && cut.toString().includes('end'));
      if (isWhole) expect(answer, `${bytes} bytes`).toMatchObject({ error: null, text: 'grün und gut' });
      else expect(answer.error?.code, `${bytes} bytes`).toBe('stream_broken');
      expect('grün und gut'.startsWith(answer.text.replace(/\uFFFD$/, '')), `${bytes} bytes`).toBe(true);
    }
  });
});

describe('a stream of several answers', () => {
  it('is read for the first one, wherever it stands in its chunks', async () => {
    const other = { index: 1, delta: { content: 'another' }, finish_reason: 'stop' };
    const first = (content: string, finish_reason: string | null = null) => ({ index: 0, delta: { content }, finish_reason });
    const up = await upstream((res) =>
      res
        .writeHead(200, sse)
        .end([{ choices: [other] }, { choices: [other, first('4')] }, { choices: [first('2', 'stop'), other] }].map(data).join('')),
    );
    expect(await told(client(up.url).call(ask()))).toMatchObject({ error: null, text: '42' });
  });
});

describe('a slow reader', () => {
  it('holds the provider back instead of filling the memory, and loses nothing', async () => {
    let written = 0;
    let ended = false;
    const text = 'x'.repeat(64 * 1024);
    const up = await upstream((res) => {
      res.writeHead(200, sse);
      const more = () => {
        while (written < 400) {
          written++;
          if (!res.write(delta(text))) return void res.once('drain', more);
        }
        ended = true;
        res.end(delta('', 'stop'));
      };
      more();
    });
    let characters = 0;
    let wasHeld = false;
    for await (const event of client(up.url).call(ask())) {
      if (event.type !== 'text') continue;
      if (characters === 0) {
        // It writes as long as anybody takes it: until nothing moves any more.
        let before = -1;
        await expect
          .poll(
            () => {
              const rests = written === before;
              before = written;
              return rests;
            },
            { interval: 100 },
          )
          .toBe(true);
        wasHeld = !ended;
      }
      characters += event.text.length;
    }
    expect(wasHeld).toBe(true);
    expect(characters).toBe(400 * text.length);
  });

  it('is not the provider’s fault: no limit of an attempt runs while it thinks, but that of the call does', async () => {
    const up = await upstream((res) => {
      res.writeHead(200, sse).write(delta('a'));
      setImmediate(() => res.end(delta('b', 'stop')));
    });
    async function read(timeouts: Partial<Timeouts>): Promise<string> {
      const clock = stillClock();
      let text = '';
      for await (const event of client(up.url, {}, { clock }).call(ask({ timeouts }))) {
        if (event.type === 'text') text += event.text;
        clock.pass(150);
      }
      return text;
    }
    expect(await read({ first_event: 100, idle: 100 })).toBe('ab');
    await expect(read({ call: 100 })).rejects.toMatchObject({
      code: 'timeout',
      message: 'openai/gpt-5 was not done after 100 ms (call limit)',
    });
  });
});

describe('many calls', () => {
  it('at once get a connection each, which the next ones use again; nothing is left behind', async () => {
    const sockets = new Set<unknown>();
    let waiting: ServerResponse[] = [];
    const up = await upstream((res) => {
      sockets.add(res.socket);
      waiting.push(res);
      if (waiting.length < 300) return;
      for (const one of waiting) good(one);
      waiting = [];
    });
    const timers = new Set<object>();
    const clock = {
      ...systemClock,
      after(ms: number, callback: () => void) {
        const timer = {};
        timers.add(timer);
        const disarm = systemClock.after(ms, callback);
        return () => {
          timers.delete(timer);
          disarm();
        };
      },
    };
    const warnings: Error[] = [];
    const onWarning = (warning: Error) => warnings.push(warning);
    process.on('warning', onWarning);
    const one = client(up.url, {}, { clock });
    const { signal } = new AbortController();
    for (let round = 0; round < 2; round++) {
      const answers = await Promise.all(Array.from({ length: 300 }, () => told(one.call(ask({ signal })))));
      expect(answers.every(({ text }) => text === 'hi')).toBe(true);
      await new Promise((resolve) => setImmediate(resolve));
    }
    expect(sockets.size).toBe(300);
    expect(timers.size).toBe(0);
    process.off('warning', onWarning);
    expect(warnings).toEqual([]);
  });
});

describe('a host that nobody knows', () => {
  it('is told as such', async () => {
    const { error } = await told(client('http://nobody.invalid/v1').call(ask({ retries: 0 })));
    expect(error?.code).toBe('connection_failed');
    expect(error?.message).toMatch(
      /^could not reach up for openai\/gpt-5: the host name (is unknown \(ENOTFOUND\)|could not be looked up \(EAI_AGAIN\))$/,
    );
  });
});

describe('a connection that stood', () => {
  it('and is closed before an answer may have cost something: a broken stream, no host out of reach', async () => {
    const up = await upstream((res) => void res.socket?.destroy());
    const { error } = await told(client(up.url).call(ask({ retries: 0 })));
    expect(error).toMatchObject({
      code: 'stream_broken',
      message: 'up closed the connection before it answered for openai/gpt-5 (ECONNRESET)',
      status: null,
    });
  });

  it('and speaks something else is told as such', async () => {
    const up = await upstream((res) => void res.socket?.end('220 mail.example.org ESMTP\r\n'));
    const { error } = await told(client(up.url).call(ask()));
    expect(error).toMatchObject({
      code: 'bad_response',
      message: 'up answered for openai/gpt-5 with something that is not HTTP (HPE_INVALID_CONSTANT)',
    });
    expect(up.seen).toHaveLength(1);
  });

  it('tells the id of the bill before the first word, where the head of the answer has it', async () => {
    const up = await upstream((res) => {
      res.writeHead(200, { ...sse, 'x-generation-id': 'gen-1' });
      res.write(': thinking\n\n');
    });
    const { events, error } = await told(
      client(up.url, { dialect: 'openrouter' }).call(ask({ timeouts: { first_event: 50 }, retries: 0 })),
    );
    expect(events).toEqual([
      { type: 'attempt', attempt: 1 },
      { type: 'open', generationId: 'gen-1' },
    ]);
    expect(error?.code).toBe('timeout');
  });
});

describe('a date in Retry-After', () => {
  it('that is over means no wait, also when the clock has jumped', async () => {
    const up = await upstream((res, _seen, n) =>
      n === 1 ? res.writeHead(429, { 'retry-after': new Date(0).toUTCString() }).end('{}') : good(res),
    );
    const { events, text } = await told(client(up.url).call(ask()));
    expect(text).toBe('hi');
    expect(events).toContainEqual(expect.objectContaining({ type: 'restart', delayMs: 0 }));
  });
});
