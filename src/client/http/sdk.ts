import type { OpenAI } from 'openai/client';
import { APIPromise } from 'openai/core/api-promise';
import { Completions } from 'openai/resources/chat/completions/completions';
import type { Body } from '../request/body.js';
import type { HttpRequest, HttpResponse, Transport } from './transport.js';

/** The SDK's own reader of answers would need it, which is never asked. */
const NO_CONTROLLER = null as unknown as AbortController;

type Post = (path: string, options: { body?: unknown }) => APIPromise<unknown>;

/**
 * The openai SDK's chat resource on mom's transport. Its client class is left out: that is the part which retries, logs
 * and reads OPENAI_* variables, and the better part of its loading time.
 */
export async function createCompletion(
  transport: Transport,
  baseUrl: string,
  body: Body,
  request: Omit<HttpRequest, 'method' | 'url' | 'body'>,
): Promise<HttpResponse> {
  const post: Post = (path, options) => {
    const sent = transport.send({ ...request, method: 'POST', url: baseUrl + path, body: JSON.stringify(options.body) });
    const props = sent.then((response) => ({
      response: response as unknown as Response,
      options: { method: 'post' as const, path },
      controller: NO_CONTROLLER,
      requestLogID: '',
      retryOfRequestLogID: undefined,
      startTime: 0,
    }));
    return new APIPromise(client, props);
  };
  const client = { post } as unknown as OpenAI;
  const params = body as unknown as OpenAI.ChatCompletionCreateParamsStreaming;
  return (await new Completions(client).create(params).asResponse()) as unknown as HttpResponse;
}
