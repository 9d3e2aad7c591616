import { isUtf8 } from 'node:buffer';
import type { IncomingMessage, ServerResponse } from 'node:http';
import { Readable } from 'node:stream';
import type { ReadableStream } from 'node:stream/web';
import type { Context } from 'hono';
import type { Clock } from '../../core/clock.js';
import { MomError } from '../../core/error.js';
import { ApiError } from '../errors.js';
import { BODY_DEPTH } from '../limits.js';
import { isDeeperThan } from './depth.js';
import { jsonErrorAt } from './json-error.js';

export interface BodyLimits {
  /** Bytes. */
  size: number;
  /** Milliseconds until all of it is there. */
  time: number;
}

/** What the adapter of node:http hands in; without a socket there is nothing. */
interface Wire {
  incoming?: IncomingMessage;
  outgoing?: ServerResponse;
}

/** Plain JSON is all that is read: a page of another origin can't send that without asking first. @throws ApiError 415 */
export function checkType(c: Context): void {
  const type = c.req.header('content-type');
  if (!/^application\/json\s*(;|$)/i.test(type ?? '')) {
    const what = type === undefined ? 'the request has no content-type' : `the content-type ${quoted(type)} is not understood`;
    throw new ApiError('unsupported_media_type', what, { hint: 'send JSON with "content-type: application/json"' });
  }
  const encoding = c.req.header('content-encoding');
  if (encoding !== undefined && encoding.toLowerCase() !== 'identity') {
    throw new ApiError('unsupported_media_type', `the content-encoding ${quoted(encoding)} is not understood`, {
      hint: 'send the body as it is',
    });
  }
}

/**
 * The body as a JSON object. No more than allowed is read.
 * @throws ApiError 400, 408, 413; MomError `cancelled` when the client goes away
 */
export async function readJson(c: Context, limits: BodyLimits, clock: Clock): Promise<Record<string, unknown>> {
  if (Number(c.req.header('content-length') ?? 0) > limits.size) throw tooLarge(limits.size);
  const bytes = await readBytes(sourceOf(c), limits, clock);
  if (!isUtf8(bytes)) throw new ApiError('invalid_request', 'the body is not valid UTF-8', { hint: 'send JSON as UTF-8' });
  return objectOf(bytes.toString('utf8'));
}

function sourceOf(c: Context): Readable {
  const { incoming, outgoing } = (c.env ?? {}) as Wire;
  if (!incoming) return Readable.fromWeb((c.req.raw.body ?? new Response('').body) as ReadableStream);
  // Only now does a client that asked first begin to send.
  if (incoming.headers.expect !== undefined) outgoing?.writeContinue();
  return incoming;
}

function readBytes(source: Readable, { size, time }: BodyLimits, clock: Clock): Promise<Buffer> {
  return new Promise((resolve, reject) => {
    const chunks: Buffer[] = [];
    let length = 0;
    const stopTimer = clock.after(time, () => end(() => reject(tooSlow(time))));

    function end(tell: () => void): void {
      stopTimer();
      source.off('data', take).off('end', finish).off('error', break_).off('close', break_);
      // What still comes is not read here; an error of the connection is no crash.
      source.on('error', () => undefined).pause();
      tell();
    }
    function take(chunk: Buffer): void {
      length += chunk.length;
      if (length > size) end(() => reject(tooLarge(size)));
      else chunks.push(chunk);
    }
    function finish(): void {
      end(() => resolve(chunks.length === 1 ? Buffer.from(chunks[0] as Uint8Array) : Buffer.concat(chunks)));
    }
    function break_(): void {
      end(() => reject(new MomError('cancelled', 'the client went away while it sent its request')));
    }
    source.on('data', take).on('end', finish).on('error', break_).on('close', break_);
    if (source.destroyed) break_();
  });
}

function objectOf(text: string): Record<string, unknown> {
  let value: unknown;
  const json = text.startsWith('\ufeff') ? text.slice(1) : text;
  if (isDeeperThan(json, BODY_DEPTH)) {
    throw new ApiError('invalid_request', `the body is nested more than ${BODY_DEPTH} levels deep`, { hint: 'send it less deep' });
  }
  try {
    value = JSON.parse(json);
  } catch {
    throw notAnObject(json.trim() === '' ? 'the body is empty' : `the body is not valid JSON: ${jsonErrorAt(json)}`);
  }
  if (typeof value !== 'object' || value === null || Array.isArray(value)) throw notAnObject('the body is no JSON object');
  return value as Record<string, unknown>;
}

function notAnObject(message: string): ApiError {
  return new ApiError('invalid_request', message, { hint: 'send one JSON object' });
}

function tooLarge(size: number): ApiError {
  return new ApiError('body_too_large', `the body is larger than ${mebibytes(size)}`, { hint: 'send less, or raise serve.max_body' });
}

function tooSlow(time: number): ApiError {
  return new ApiError('timeout', `the body was not there after ${time / 1_000} s`, { hint: 'send it faster, or send less' });
}

function mebibytes(bytes: number): string {
  const size = bytes / (1024 * 1024);
  return size >= 1 ? `${Number(size.toFixed(1))} MiB` : `${bytes} bytes`;
}

function quoted(text: string): string {
  return JSON.stringify(text.slice(0, 200));
}
