import { describe, expect, it } from 'vitest';
import type { AnswerFormat } from '../../src/core/answer-format.js';
import { ask, client, good, told, upstream } from './support.js';

const SCHEMA: AnswerFormat = { type: 'json_schema', name: 'city', schema: { type: 'object' }, strict: true };

describe('an answer format', () => {
  it.each<[AnswerFormat | null, unknown]>([
    [null, undefined],
    [{ type: 'json_object' }, { type: 'json_object' }],
    [SCHEMA, { type: 'json_schema', json_schema: { name: 'city', schema: { type: 'object' }, strict: true } }],
    [
      { type: 'json_schema', name: 'city', description: 'd', schema: {} },
      { type: 'json_schema', json_schema: { name: 'city', description: 'd', schema: {} } },
    ],
  ])('%j is sent as %j', async (format, sent) => {
    const up = await upstream((res) => good(res));
    await told(client(up.url).call(ask({ format })));
    expect(up.seen[0]?.body.response_format).toEqual(sent);
  });

  it.each<[number, object]>([
    [
      400,
      { message: "Invalid parameter: 'response_format' of type 'json_schema' is not supported with this model.", param: 'response_format' },
    ],
    [400, { message: 'This response_format type is unavailable now' }],
    [400, { message: "Invalid schema for response_format 'city': 'additionalProperties' is required to be supplied and to be false." }],
    [400, { message: 'json mode cannot be combined with tool/function calling' }],
    [400, { message: "Function calling with a response mime type: 'application/json' is unsupported" }],
    [422, { message: 'response_format: Extra inputs are not permitted' }],
  ])('that is refused with %d is left out: %j', async (status, error) => {
    const up = await upstream((res, { body }) =>
      'response_format' in body ? res.writeHead(status).end(JSON.stringify({ error })) : good(res),
    );
    const { text, events } = await told(client(up.url).call(ask({ format: SCHEMA })));
    expect(text).toBe('hi');
    expect(up.seen).toHaveLength(2);
    expect(events).toContainEqual({
      type: 'warning',
      code: 'parameter_dropped',
      message: 'up does not take response_format for openai/gpt-5: asked again without it',
    });
  });
});

describe('max_tokens that are too many', () => {
  it.each<[string, number | undefined]>([
    ['max_tokens is too large: 128000. This model supports at most 16384 completion tokens, whereas you provided 128000.', 16_384],
    ['max_tokens: 128000 > 64000, which is the maximum allowed number of output tokens for claude-sonnet-4-5', 64_000],
    [
      'input length and `max_tokens` exceed context limit: 109759 + 128000 > 200000, decrease input length or `max_tokens` and try again',
      90_241,
    ],
    [
      'This endpoint\'s maximum context length is 131072 tokens. However, you requested about 138000 tokens (9500 of text input, 500 of tool input, 128000 in the output). Please reduce the length of either one, or use the "middle-out" transform to compress your prompt automatically.',
      121_072,
    ],
    [
      "This model's maximum context length is 8192 tokens. However, you requested 128064 tokens (64 in the messages, 128000 in the completion). Please reduce the length of the messages or completion.",
      8_128,
    ],
    [
      "This model's maximum context length is 8191 tokens, however you requested 128038 tokens (38 in your prompt; 128000 for the completion). Please reduce your prompt; or completion length.",
      8_153,
    ],
    [
      "'max_tokens' or 'max_completion_tokens' is too large: 128000. This model's maximum context length is      64001 tokens and your request has 24235 input tokens (128000 > 64001 - 24235).",
      39_766,
    ],
    [
      "This model's maximum context length is 131072 tokens. However, you requested 128000 output tokens and your prompt contains at least 3073 input tokens, for a total of at least 131073 tokens.",
      undefined,
    ],
    ['Invalid max_tokens value, the valid range of max_tokens is [1, 8192]', 8_192],
    ['<400> InternalError.Algo.InvalidParameter: Range of max_tokens should be [1, 8192]', 8_192],
    [
      'Unable to submit request because it has a maxOutputTokens value of 128000 but the supported range is from 1 (inclusive) to 65537 (exclusive).',
      65_536,
    ],
    [
      '`max_tokens` must be less than or equal to `32768`, the maximum value for `max_tokens` is less than the `context_window` for this model',
      32_768,
    ],
    [
      'The parameter `max_tokens` specified in the request are not valid: integer above maximum value, expected a value <= 12288, but got 128000 instead.',
      12_288,
    ],
    [
      'The maximum tokens you requested exceeds the model limit of 8192. Try again with a maximum tokens value that is lower than 8192.',
      8_192,
    ],
    ['max_tokens is greater than what this model allows', undefined],
  ])('are lowered as the provider says: %s', async (message, sent) => {
    const up = await upstream((res, { body }) =>
      body.max_tokens === 128_000 ? res.writeHead(400).end(JSON.stringify({ error: { message } })) : good(res),
    );
    const { text, events, error } = await told(client(up.url).call(ask({ retries: 0, params: { max_tokens: 128_000 } })));
    expect({ text, error }).toEqual({ text: 'hi', error: null });
    expect(up.seen.map(({ body }) => body.max_tokens)).toEqual([128_000, sent]);
    expect(events).toContainEqual({
      type: 'warning',
      code: 'parameter_dropped',
      message: `up does not take max_tokens 128000 for openai/gpt-5: asked again ${sent === undefined ? 'without it' : `with ${sent}`}`,
    });
  });

  it('go by their other name too, and are left out when the lower number is refused as well', async () => {
    const up = await upstream((res, { body }) => {
      if ('max_tokens' in body) res.writeHead(400).end('{"error":{"message":"Unsupported parameter: max_tokens"}}');
      else if ('max_completion_tokens' in body)
        res
          .writeHead(400)
          .end('{"error":{"message":"max_completion_tokens is too large: 9. This model supports at most 4096 completion tokens"}}');
      else good(res);
    });
    expect((await told(client(up.url).call(ask({ params: { max_tokens: 128_000 } })))).text).toBe('hi');
    expect(up.seen.map(({ body }) => [body.max_tokens, body.max_completion_tokens])).toEqual([
      [128_000, undefined],
      [undefined, 128_000],
      [undefined, 4_096],
      [undefined, undefined],
    ]);
  });

  it('are not the trouble where the input leaves no room', async () => {
    const message =
      "This endpoint's maximum context length is 131072 tokens. However, you requested about 259000 tokens (131000 of text input, 128000 in the output).";
    const up = await upstream((res) => res.writeHead(400).end(JSON.stringify({ error: { message } })));
    const { error } = await told(client(up.url).call(ask({ params: { max_tokens: 128_000 } })));
    expect(error).toMatchObject({ code: 'input_too_large', message: `the request is too long for openai/gpt-5 at up (400): ${message}` });
    expect(up.seen).toHaveLength(1);
  });
});

describe('a request that is too long', () => {
  it.each<[number, object]>([
    [
      400,
      {
        message: "This model's maximum context length is 128000 tokens. However, your messages resulted in 130000 tokens.",
        code: 'context_length_exceeded',
      },
    ],
    [400, { message: 'Your input exceeds the limit.', code: 'context_length_exceeded' }],
    [400, { message: 'prompt is too long: 215000 tokens > 200000 maximum' }],
    [400, { message: 'Input is too long for requested model.' }],
    [400, { message: 'The input token count (1200293) exceeds the maximum number of tokens allowed (1048576).' }],
    [400, { message: 'the request exceeds the available context size, try increasing it' }],
    [400, { message: "The input (516368 tokens) is longer than the model's context length (262144 tokens)." }],
    [400, { message: "This model's maximum prompt length is 131072 but the request contains 537812 tokens." }],
    [400, { message: 'Prompt contains 40000 tokens, too large for model with 32768 maximum context length' }],
    [400, { message: "Requested token count exceeds the model's maximum context length of 32768 tokens." }],
    [422, { message: 'prompt too long' }],
  ])('is told as such: %d %j', async (status, error) => {
    const up = await upstream((res) => res.writeHead(status).end(JSON.stringify({ error })));
    const answer = await told(client(up.url).call(ask()));
    expect(answer.error).toMatchObject({
      code: 'input_too_large',
      status,
      message: `the request is too long for openai/gpt-5 at up (${status}): ${(error as { message: string }).message}`,
      hint: 'send less, or use a model with a larger context',
    });
    expect(up.seen).toHaveLength(1);
  });

  it.each([['messages must alternate'], ['The context of tool calls is unknown to this API'], ['invalid image']])(
    'is not one of: %s',
    async (message) => {
      const up = await upstream((res) => res.writeHead(400).end(JSON.stringify({ error: { message } })));
      expect((await told(client(up.url).call(ask()))).error?.code).toBe('request_refused');
    },
  );
});

describe('a 404', () => {
  it.each([
    ['No endpoints found that support tool use.', 'request_refused'],
    ['No endpoints found for openai/gpt-5.', 'model_unknown'],
  ])('%s: %s', async (message, code) => {
    const up = await upstream((res) => res.writeHead(404).end(JSON.stringify({ error: { message, code: 404 } })));
    const { error } = await told(client(up.url).call(ask()));
    expect(error).toMatchObject({ code, message: `up failed for openai/gpt-5 (404): ${message}` });
  });
});
