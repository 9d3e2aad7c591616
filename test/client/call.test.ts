import { describe, expect, it } from 'vitest';
import { ask, client, data, delta, good, sse, told, upstream } from './support.js';

describe('an answer', () => {
  it('comes as events in order, texts of one packet as one, with usage and without cost from a plain server', async () => {
    const up = await upstream((res) => {
      res.writeHead(200, sse);
      res.write(`: comment\n\n${delta('Hel')}`);
      res.end(delta('lo', 'stop') + data({ choices: [], usage: { prompt_tokens: 3, completion_tokens: 2 } }) + data('[DONE]'));
    });
    const { events, error } = await told(
      client(up.url).call(ask({ params: { temperature: 0.5, top_p: undefined, reasoning_effort: 'low' } })),
    );
    expect(error).toBeNull();
    expect(events).toEqual([
      { type: 'attempt', attempt: 1 },
      { type: 'open', generationId: 'gen-1' },
      { type: 'model', resolvedModel: 'gpt-5-real' },
      { type: 'text', text: 'Hello' },
      { type: 'finish', reason: 'stop' },
      {
        type: 'usage',
        usage: { input_tokens: 3, output_tokens: 2, reasoning_tokens: 0, cached_input_tokens: 0 },
        cost: { usd: null, source: 'unknown' },
      },
    ]);
    expect(up.seen[0]?.body).toEqual({
      temperature: 0.5,
      stream_options: { include_usage: true },
      reasoning_effort: 'low',
      model: 'openai/gpt-5',
      messages: [{ role: 'user', content: 'hello' }],
      stream: true,
    });
  });

  it('speaks OpenRouter', async () => {
    const up = await upstream((res) => {
      res.writeHead(200, { ...sse, 'x-generation-id': 'gen-header' });
      res.write(`: OPENROUTER PROCESSING\n\n${data({ choices: [{ delta: { reasoning: 'hm' } }] })}`);
      res.end(delta('x', 'stop') + data({ choices: [], usage: { prompt_tokens: 1, completion_tokens: 1, cost: 0.25 } }));
    });
    const openrouter = client(up.url, { dialect: 'openrouter', privacy: { zdr: true } });
    const { events, reasoning, error } = await told(
      openrouter.call(
        ask({
          model: 'openai/gpt-latest',
          params: { reasoning_effort: 'high' },
          privacy: { data_collection: 'deny' },
          extraBody: { model: 'other', provider: { sort: 'price', zdr: false } },
        }),
      ),
    );
    expect(error).toBeNull();
    expect(reasoning).toBe('hm');
    expect(events).toContainEqual({ type: 'open', generationId: 'gen-header' });
    expect(events.at(-1)).toMatchObject({ type: 'usage', cost: { usd: 0.25, source: 'reported' } });
    expect(up.seen[0]?.body).toMatchObject({
      model: '~openai/gpt-latest',
      usage: { include: true },
      stream_options: { include_usage: true },
      reasoning: { effort: 'high' },
      provider: { sort: 'price', zdr: true, data_collection: 'deny' },
    });
    expect(up.seen[0]?.headers).toMatchObject({
      'accept-encoding': 'identity',
      'x-openrouter-title': 'mom',
      authorization: 'Bearer key-1234567890',
    });
    await told(client(up.url, { dialect: 'openrouter', attribution: false }).call(ask()));
    expect(up.seen[1]?.headers).not.toHaveProperty('x-openrouter-title');
    expect(up.seen[1]?.headers).not.toHaveProperty('http-referer');
  });

  it('takes no notice of the environment of the SDK', async () => {
    const planted = {
      OPENAI_API_KEY: 'planted',
      OPENAI_BASE_URL: 'http://127.0.0.1:1',
      OPENAI_ORG_ID: 'planted',
      OPENAI_PROJECT_ID: 'planted',
      OPENAI_CUSTOM_HEADERS: 'x-planted: planted',
      OPENAI_LOG: 'debug',
    };
    const before = { ...process.env };
    Object.assign(process.env, planted);
    try {
      const up = await upstream((res) => good(res));
      expect((await told(client(up.url, { apiKey: null, needsKey: false }).call(ask()))).text).toBe('hi');
      expect(JSON.stringify(up.seen[0])).not.toContain('planted');
      expect(Object.keys(up.seen[0]?.headers ?? {}).filter((name) => /stainless|openai|authorization/.test(name))).toEqual([]);
    } finally {
      process.env = before;
    }
  });

  it('keeps its connection for the next call', async () => {
    const sockets = new Set<unknown>();
    const up = await upstream((res) => {
      sockets.add(res.socket);
      good(res);
    });
    const one = client(up.url);
    await told(one.call(ask()));
    await new Promise((resolve) => setImmediate(resolve));
    await told(one.call(ask()));
    expect(sockets.size).toBe(1);
  });

  it('keeps a think block apart, however it is cut', async () => {
    const up = await upstream((res) =>
      res.writeHead(200, sse).end(['\n<th', 'ink>a<', 'b</thi', 'nk>\n\nansw', 'er'].map((t) => delta(t)).join('') + delta('', 'stop')),
    );
    expect(await told(client(up.url).call(ask()))).toMatchObject({ reasoning: 'a<b', text: 'answer', error: null });
  });

  it('may come whole as JSON', async () => {
    const up = await upstream((res) =>
      res
        .writeHead(200, { 'content-type': 'application/json' })
        .end(JSON.stringify({ id: 'x', choices: [{ message: { content: 'whole' }, finish_reason: 'stop' }] })),
    );
    expect(await told(client(up.url).call(ask()))).toMatchObject({ text: 'whole', error: null });
  });

  it('survives CRLF and bytes that come one by one', async () => {
    const up = await upstream((res) => {
      res.writeHead(200, sse);
      const bytes = Buffer.from((delta('grün 🌿') + delta('', 'stop')).replaceAll('\n', '\r\n'));
      const next = (i: number) => (i < bytes.length ? res.write(bytes.subarray(i, i + 1), () => setImmediate(next, i + 1)) : res.end());
      next(0);
    });
    expect(await told(client(up.url).call(ask()))).toMatchObject({ text: 'grün 🌿', error: null });
  });

  it('is recorded without secrets', async () => {
    const up = await upstream((res) => good(res));
    const exchanges: unknown[] = [];
    await told(client(up.url, {}, { onExchange: (exchange) => exchanges.push(exchange) }).call(ask()));
    expect(exchanges).toMatchObject([
      {
        request: { method: 'POST', path: '/v1/chat/completions' },
        response: { status: 200, headers: sse, broken: false, chunks: [{ text: expect.stringContaining('[DONE]') }] },
      },
    ]);
    expect(JSON.stringify(exchanges)).not.toContain('key-1234567890');
  });
});

describe('many calls', () => {
  it('share one signal without a warning', async () => {
    const warnings: Error[] = [];
    const onWarning = (warning: Error) => warnings.push(warning);
    process.on('warning', onWarning);
    const up = await upstream((res) => good(res));
    const one = client(up.url);
    const { signal } = new AbortController();
    const answers = await Promise.all(Array.from({ length: 30 }, () => told(one.call(ask({ signal })))));
    expect(answers.every(({ text }) => text === 'hi')).toBe(true);
    process.off('warning', onWarning);
    expect(warnings).toEqual([]);
  });
});

describe('what is no answer', () => {
  const cases: [string, string, object, string, string][] = [
    [
      'no finish reason',
      delta('abc'),
      sse,
      'stream_broken',
      'the answer of openai/gpt-5 ended without a finish reason after 3 characters: truncated',
    ],
    ['nothing', delta('', 'stop'), sse, 'empty_answer', 'openai/gpt-5 gave an empty answer (finish reason: stop)'],
    ['reasoning only', delta('<think>abc', 'length'), sse, 'empty_answer', 'openai/gpt-5 gave an empty answer (finish reason: length)'],
    ['content filter', delta('abc', 'content_filter'), sse, 'content_filtered', 'up withheld the answer of openai/gpt-5: content filter'],
    [
      'finish error',
      delta('abc', 'error'),
      sse,
      'provider_error',
      'up failed for openai/gpt-5: the answer ended with finish reason `error`',
    ],
    [
      'an error chunk',
      data({ error: { code: 429, message: 'slow down' } }),
      sse,
      'rate_limited',
      'up failed for openai/gpt-5 (429): slow down',
    ],
    ['bad JSON', data('{oops'), sse, 'bad_response', 'up sent something that is not JSON: {oops (openai/gpt-5)'],
    ['a wrong type', delta(5), sse, 'bad_response', 'up sent a `content` that is no text but of type number (openai/gpt-5)'],
    ['a packed one', 'x', { ...sse, 'content-encoding': 'gzip' }, 'bad_response', 'up packed its answer (gzip) unasked (openai/gpt-5)'],
    ['HTML', '<html>', { 'content-type': 'text/html' }, 'bad_response', 'up answered with text/html instead of a stream (openai/gpt-5)'],
  ];
  for (const [name, body, headers, code, message] of cases) {
    it(`${name}: ${code}`, async () => {
      const up = await upstream((res) => res.writeHead(200, headers as Record<string, string>).end(body));
      const { error } = await told(client(up.url).call(ask({ retries: 0 })));
      expect(error).toMatchObject({ code, message });
    });
  }

  it('tells the usage of an empty answer before it fails', async () => {
    const up = await upstream((res) => res.writeHead(200, sse).end(delta('', 'stop') + data({ choices: [], usage: { cost: 1 } })));
    const { events, error } = await told(client(up.url).call(ask()));
    expect(error?.code).toBe('empty_answer');
    expect(events.at(-1)).toMatchObject({ type: 'usage', cost: { usd: 1 } });
  });

  it('a line beyond all bounds', async () => {
    const up = await upstream((res) => res.writeHead(200, sse).end(`data: ${'x'.repeat(17 * 1024 * 1024)}`));
    expect((await told(client(up.url).call(ask()))).error).toMatchObject({
      code: 'bad_response',
      message: 'up sent a line of more than 16777216 characters (openai/gpt-5)',
    });
  });

  const statuses: [number, string, string][] = [
    [400, 'bad', 'request_refused'],
    [400, 'foo/bar is not a valid model ID', 'model_unknown'],
    [401, 'no', 'key_refused'],
    [402, 'no', 'no_credit'],
    [403, 'no', 'key_refused'],
    [404, 'no', 'model_unknown'],
    [408, 'no', 'timeout'],
    [413, 'no', 'input_too_large'],
    [422, 'no', 'request_refused'],
    [429, 'no', 'rate_limited'],
    [500, 'no', 'provider_error'],
    [503, 'no', 'overloaded'],
    [529, 'no', 'overloaded'],
  ];
  for (const [status, message, code] of statuses) {
    it(`${status} (${message}): ${code}`, async () => {
      const up = await upstream((res) => res.writeHead(status).end(JSON.stringify({ error: { message } })));
      const { error } = await told(client(up.url).call(ask()));
      expect(error).toMatchObject({ code, status, message: `up failed for openai/gpt-5 (${status}): ${message}` });
      expect(up.seen.length).toBe([408, 429, 500, 503, 529].includes(status) ? 3 : 1);
    });
  }

  it('carries no secrets', async () => {
    const up = await upstream((res) =>
      res.writeHead(401).end(JSON.stringify({ error: { message: 'bad key-1234567890 sk-abcdef123456 Bearer abc.def' } })),
    );
    expect((await told(client(up.url).call(ask()))).error?.message).toBe('up failed for openai/gpt-5 (401): bad [key] [key] Bearer [key]');
  });

  it('a missing key is told without a request', async () => {
    const up = await upstream((res) => good(res));
    const { error } = await told(client(up.url, { apiKey: null }).call(ask()));
    expect(error).toMatchObject({
      code: 'key_missing',
      message: 'no API key for up',
      hint: 'run `mom keys set up`, or set UP_API_KEY or providers.up.api_key in the config',
    });
    expect(up.seen).toEqual([]);
  });

  it('nobody there', async () => {
    const { error } = await told(client('http://127.0.0.1:1/v1').call(ask({ retries: 0 })));
    expect(error).toMatchObject({
      code: 'connection_failed',
      message: 'could not reach up for openai/gpt-5: nothing answers there (ECONNREFUSED)',
      hint: 'start up, which is asked at 127.0.0.1:1, or use another model',
    });
  });
});
