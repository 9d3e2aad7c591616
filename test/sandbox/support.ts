import { afterEach } from 'vitest';
import { type Sandbox, type SandboxOptions, startSandbox } from '../../src/sandbox/index.js';

const running: Sandbox[] = [];
afterEach(async () => {
  await Promise.all(running.splice(0).map((sandbox) => sandbox.close()));
});

/** A sandbox that ends with the test. */
export async function start(options: SandboxOptions = {}): Promise<Sandbox> {
  const sandbox = await startSandbox(options);
  running.push(sandbox);
  return sandbox;
}

/** A chat request of one user turn, streamed unless `body` says otherwise. */
export function post(sandbox: Sandbox, model: string, content: unknown = 'Hello', body: Record<string, unknown> = {}): Promise<Response> {
  const payload = { model, messages: [{ role: 'user', content }], stream: true, ...body };
  return fetch(`${sandbox.url}/chat/completions`, { method: 'POST', body: JSON.stringify(payload) });
}

// biome-ignore lint/suspicious/noExplicitAny: the JSON of a test's own server
export type Json = any;

export interface Whole {
  status: number;
  body: Json;
}

/** The answer to a request without stream. */
export async function whole(sandbox: Sandbox, model: string, content?: unknown, body: Record<string, unknown> = {}): Promise<Whole> {
  const response = await post(sandbox, model, content, { stream: false, ...body });
  return { status: response.status, body: JSON.parse(await response.text()) };
}

/** A stream as a list of words: `comment`, `text:…`, `reasoning:…`, `finish:…`, `usage`, `done`, `error:…`, `broken:…`. */
export async function frames(sandbox: Sandbox, model: string, content?: unknown, body?: Record<string, unknown>): Promise<string[]> {
  return framesOf(await (await post(sandbox, model, content, body)).text());
}

export function framesOf(raw: string): string[] {
  return raw
    .split('\n\n')
    .filter((frame) => frame !== '')
    .map(frameWord);
}

function frameWord(frame: string): string {
  if (frame.startsWith(':')) return 'comment';
  if (frame === 'data: [DONE]') return 'done';
  let chunk: Json;
  try {
    chunk = JSON.parse(frame.replace(/^data: /, ''));
  } catch {
    // What is no JSON is itself what a test looks for.
    return `broken:${frame.slice(0, 15)}`;
  }
  if (chunk.error !== undefined) return `error:${chunk.error.code}:${chunk.choices[0].finish_reason}`;
  const choice = chunk.choices[0];
  if (choice === undefined) return 'usage';
  if (choice.finish_reason !== null) return `finish:${choice.finish_reason}`;
  if (choice.delta.reasoning !== undefined) return 'reasoning';
  return typeof choice.delta.content === 'string' ? `text:${choice.delta.content}` : 'text:no string';
}
