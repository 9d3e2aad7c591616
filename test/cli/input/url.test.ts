import { createServer, type IncomingMessage, type Server, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { readAt, userText } from './context.js';

let server: Server;
let base: string;
const seen: IncomingMessage[] = [];

const PAGES: Record<string, (res: ServerResponse, req: IncomingMessage) => void> = {
  '/plain': (res) => res.setHeader('content-type', 'text/plain; charset=utf-8').end('plain ü'),
  '/latin': (res) => res.setHeader('content-type', 'text/plain; charset=iso-8859-1').end(Buffer.from('caf\xe9', 'latin1')),
  '/json': (res) => res.setHeader('content-type', 'application/problem+json').end('{"a": 1}'),
  '/html': (res) =>
    res
      .setHeader('content-type', 'text/html')
      .end(
        '<html><head><style>p{}</style><script>evil()</script></head><body><h1>Title</h1><p>One <a href="/x">link</a>.</p></body></html>',
      ),
  '/image': (res) => res.setHeader('content-type', 'image/png').end('x'),
  '/bad': (res) => res.setHeader('content-type', 'text/plain').end(Buffer.from([0x61, 0xff])),
  '/huge': (res) => res.setHeader('content-type', 'text/plain').end(Buffer.alloc(5 * 1024 * 1024 + 1, 'x')),
  '/gone': (res) => res.writeHead(404, 'Not Found').end('nothing'),
  '/hop': (res) => res.writeHead(302, { location: '/plain' }).end(),
  '/file': (res) => res.writeHead(302, { location: 'file:///etc/passwd' }).end(),
  '/loop': (res) => res.writeHead(302, { location: '/loop' }).end(),
  '/other': (res) => res.writeHead(302, { location: `${base.replace('127.0.0.1', 'localhost')}/plain` }).end(),
  '/hang': () => {},
};

beforeAll(async () => {
  server = createServer((req, res) => {
    seen.push(req);
    const page = PAGES[new URL(req.url ?? '/', 'http://x').pathname];
    if (page) page(res, req);
    else res.writeHead(500).end();
  });
  await new Promise<void>((resolve) => server.listen(0, resolve));
  base = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
});
afterAll(() => {
  server.closeAllConnections();
  server.close();
});

const read = async (path: string) => userText(await readAt('/', { files: [`${base}${path}`] }));
const block = (path: string, text: string) => `go\n\n<file path="${base}${path}">\n${text}\n</file>`;

describe('-f with a URL', () => {
  it('takes text and JSON as they are, in the charset declared', async () => {
    expect(await read('/plain')).toBe(block('/plain', 'plain ü'));
    expect(await read('/latin')).toBe(block('/latin', 'café'));
    expect(await read('/json')).toBe(block('/json', '{"a": 1}'));
  });

  it('reduces HTML to its text', async () => {
    expect(await read('/html')).toBe(block('/html', 'Title\n\nOne link.'));
  });

  it('follows redirects to http and https only, and not for ever', async () => {
    expect(await read('/hop')).toBe(block('/hop', 'plain ü'));
    await expect(read('/file')).rejects.toMatchObject({
      code: 'no_input',
      message: `${base}/file could not be fetched: it redirects to something that is not http(s)`,
    });
    await expect(read('/loop')).rejects.toMatchObject({ message: `${base}/loop could not be fetched: more than 10 redirects` });
  });

  it('refuses other types, what is not text, and too much', async () => {
    await expect(read('/image')).rejects.toMatchObject({ code: 'input_invalid', message: `${base}/image is not text but image/png` });
    await expect(read('/bad')).rejects.toMatchObject({ code: 'input_invalid', message: `${base}/bad is not text in utf-8` });
    await expect(read('/huge')).rejects.toMatchObject({ code: 'input_too_large', message: `${base}/huge is too large: more than 5 MiB` });
  });

  it('names the status, and a server that is not there', async () => {
    await expect(read('/gone')).rejects.toMatchObject({
      code: 'no_input',
      message: `${base}/gone could not be fetched: the server says 404 Not Found`,
      hint: 'check the address, or download it and send the file with -f',
    });
    await expect(readAt('/', { files: ['http://127.0.0.1:1/x'] })).rejects.toMatchObject({
      code: 'no_input',
      message: expect.stringMatching(/^http:\/\/127\.0\.0\.1:1\/x could not be fetched: /),
    });
  });

  it('sends credentials to their own origin and shows them nowhere', async () => {
    const withUser = base.replace('http://', 'http://joe:s3cret@');
    seen.length = 0;
    const text = userText(await readAt('/', { files: [`${withUser}/other?access_token=hush&page=2`] }));
    expect(seen.map((req) => req.headers.authorization)).toEqual([`Basic ${Buffer.from('joe:s3cret').toString('base64')}`, undefined]);
    expect(text).toBe(block('/other?access_token=hidden&amp;page=2', 'plain ü'));
    await expect(readAt('/', { files: [`${withUser}/gone?sig=hush`] })).rejects.toMatchObject({
      message: `${base}/gone?sig=hidden could not be fetched: the server says 404 Not Found`,
    });
    await expect(readAt('/', { files: ['http://joe:s3cret@:x'] })).rejects.toMatchObject({
      code: 'usage',
      message: '-f was given a URL that is none',
    });
  });

  it('stops when the signal says so', async () => {
    const controller = new AbortController();
    const reading = readAt('/', { files: [`${base}/hang`] }, {}, controller.signal);
    server.once('request', () => controller.abort());
    await expect(reading).rejects.toMatchObject({ code: 'cancelled', message: `fetching ${base}/hang was cancelled` });
  });
});
