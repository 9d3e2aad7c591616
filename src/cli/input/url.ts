import { isUtf8 } from 'node:buffer';
import { isMomError, MomError } from '../../core/error.js';
import { abortReason } from './errors.js';
import { INPUT_LIMIT, INPUT_WAIT, MAX_REDIRECTS, tooLarge } from './limits.js';
import type { InputContext, InputFile } from './types.js';

const SECRET_PARAMETER = /token|key|secret|sig|pass|pwd|auth|cred|session|code/i;
const TEXT_TYPE =
  /^(text\/|application\/(.+\+)?(json|xml|yaml)$|application\/(x-)?(javascript|ecmascript|yaml|toml|ndjson|sh|sql|tex|httpd-php)$|application\/(xhtml\+xml|json5|jsonl|typescript|graphql|x-jsonlines)$|image\/svg\+xml$)/;

/**
 * The text behind an http(s) URL; HTML is reduced to its readable text. Credentials in the URL are sent to its own origin
 * only and shown nowhere.
 * @throws {MomError} `usage` for a broken URL, `no_input` when it can't be fetched, `input_too_large`, `input_invalid` for
 * what is no text, or the reason of the signal
 */
export async function fetchText(address: string, ctx: InputContext): Promise<InputFile> {
  const url = URL.canParse(address) ? new URL(address) : null;
  if (url === null) throw new MomError('usage', '-f was given a URL that is none', { hint: 'write it as https://host/path' });
  const shown = shownUrl(url);
  const { type, bytes } = await fetchBytes(url, shown, ctx.signal);
  const isHtml = /^(text\/html|application\/xhtml\+xml)/.test(type);
  const text = decode(bytes, charsetOf(type, isHtml ? bytes : null), shown);
  return { path: shown, text: isHtml ? await htmlToText(text) : text };
}

/** The content type (lower case, with its parameters) and the body of a URL that holds text. */
async function fetchBytes(url: URL, shown: string, signal: AbortSignal): Promise<{ type: string; bytes: Buffer }> {
  const timeout = AbortSignal.timeout(INPUT_WAIT.url);
  try {
    const response = await follow(url, AbortSignal.any([signal, timeout]));
    const type = (response.headers.get('content-type') ?? '').toLowerCase();
    const mime = type.split(';')[0]?.trim() ?? '';
    if (mime !== '' && !TEXT_TYPE.test(mime)) {
      await response.body?.cancel();
      throw new MomError('input_invalid', `${shown} is not text but ${mime}`, {
        hint: '-f takes text, JSON, XML and HTML; images are attached with -a',
      });
    }
    return { type, bytes: await readBody(response, shown) };
  } catch (error) {
    if (isMomError(error)) throw error;
    if (signal.aborted) throw abortReason(signal, `fetching ${shown}`);
    const reason = timeout.aborted ? `no answer within ${INPUT_WAIT.url / 1_000} s` : networkReason(error);
    throw unfetched(shown, reason, error);
  }
}

/** A URL to show: without user and password, and without the values of parameters that look like secrets. */
function shownUrl(url: URL): string {
  const shown = new URL(url);
  shown.username = '';
  shown.password = '';
  shown.hash = '';
  for (const name of new Set(shown.searchParams.keys())) if (SECRET_PARAMETER.test(name)) shown.searchParams.set(name, 'hidden');
  return shown.href;
}

/** The final answer, with status 200 to 299, of `start` and where it redirects to. */
async function follow(start: URL, signal: AbortSignal): Promise<Response> {
  const headers = new Headers({ accept: 'text/plain, text/html;q=0.9, application/json;q=0.9, */*;q=0.5', 'user-agent': 'mom' });
  if (start.username !== '' || start.password !== '') {
    const pair = `${decodeURIComponent(start.username)}:${decodeURIComponent(start.password)}`;
    headers.set('authorization', `Basic ${Buffer.from(pair).toString('base64')}`);
  }
  let url = new URL(start);
  for (let redirects = 0; redirects <= MAX_REDIRECTS; redirects++) {
    url.username = '';
    url.password = '';
    const response = await fetch(url, { redirect: 'manual', headers, signal });
    const location = response.headers.get('location');
    if (response.ok) return response;
    await response.body?.cancel();
    if (response.status < 300 || response.status > 399 || location === null) throw statusError(url, response);
    const next = URL.canParse(location, url.href) ? new URL(location, url) : null;
    if (next === null || !/^https?:$/.test(next.protocol)) throw unfetched(shownUrl(url), 'it redirects to something that is not http(s)');
    if (next.origin !== url.origin) headers.delete('authorization');
    url = next;
  }
  throw unfetched(shownUrl(start), `more than ${MAX_REDIRECTS} redirects`);
}

async function readBody(response: Response, shown: string): Promise<Buffer> {
  const chunks: Uint8Array[] = [];
  let total = 0;
  for await (const chunk of response.body ?? []) {
    chunks.push(chunk);
    total += chunk.length;
    if (total > INPUT_LIMIT.url) throw tooLarge(shown, INPUT_LIMIT.url, 'download it and send the part you need with -f');
  }
  return Buffer.concat(chunks);
}

function charsetOf(type: string, html: Buffer | null): string {
  const declared =
    /charset\s*=\s*["']?([\w.:-]+)/.exec(type) ?? /<meta[^>]+charset\s*=\s*["']?([\w.:-]+)/i.exec(html?.toString('latin1', 0, 1024) ?? '');
  return declared?.[1]?.toLowerCase() ?? 'utf-8';
}

function decode(bytes: Buffer, charset: string, shown: string): string {
  if (/^utf-?8$/.test(charset) && !bytes.includes(0) && isUtf8(bytes)) return bytes.toString('utf8');
  try {
    const text = new TextDecoder(charset, { fatal: true }).decode(bytes);
    if (!text.includes('\0')) return text;
  } catch (error) {
    throw new MomError('input_invalid', `${shown} is not text in ${charset}`, {
      hint: 'download it and convert it to UTF-8',
      cause: error,
    });
  }
  throw new MomError('input_invalid', `${shown} is binary, not text`, { hint: 'images are attached with -a' });
}

async function htmlToText(html: string): Promise<string> {
  const { convert } = await import('html-to-text');
  return convert(html, {
    wordwrap: false,
    selectors: [
      { selector: 'img', format: 'skip' },
      { selector: 'a', options: { ignoreHref: true } },
      ...['h1', 'h2', 'h3', 'h4', 'h5', 'h6'].map((selector) => ({ selector, options: { uppercase: false } })),
      { selector: 'table', format: 'dataTable', options: { uppercaseHeaderCells: false } },
    ],
  });
}

function statusError(url: URL, response: Response): MomError {
  return unfetched(shownUrl(url), `the server says ${response.status}${response.statusText === '' ? '' : ` ${response.statusText}`}`);
}

function unfetched(shown: string, reason: string, cause?: unknown): MomError {
  return new MomError('no_input', `${shown} could not be fetched: ${reason}`, {
    hint: 'check the address, or download it and send the file with -f',
    cause,
  });
}

/** fetch hides the reason in the cause of its error. */
function networkReason(error: unknown): string {
  const cause = error instanceof Error && error.cause instanceof Error ? error.cause : error;
  if (!(cause instanceof Error)) return 'the connection failed';
  const code = 'code' in cause ? String(cause.code) : '';
  return cause.message || code || 'the connection failed';
}
