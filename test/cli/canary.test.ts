import { readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { createServer, type IncomingMessage, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import { join } from 'node:path';
import { expect, it, onTestFinished } from 'vitest';
import { newPlace, type Place, runCli } from '../support/cli.js';
import { keepJournals } from '../support/journals.js';
import { chat, logLines, type RunningServer, startServer } from '../support/serve-cli.js';

/** What must be in no byte of anything that mom writes, wherever it was given. */
const CANARIES = {
  providerInEnvironment: 'cnry-env-Qm8Zt2Wv5Xp1/+Lk7=a3',
  providerInConfig: 'cnry-cfg-Hs4Rb9Yc6Nd0"\\Jf2Ug8',
  unusedVariable: 'cnry-oai-Vw3Te8Xk1Pz5Mq7Lb0Gd',
  header: 'cnry-hdr-Dk6Fy1Ea9Ti4Ro2Sc7Wn',
  bodyField: 'cnry-bdy-Uj5Bv0Iq8Ox3Gz6Pl1Ye',
  serveKeyPlain: 'cnry-pln-Ct7Mn2Zr9Ks4Hf1Aw6Xd',
  serveKeyNamed: 'cnry-nmd-Pb9Lq3Vg5Wj0Ne8Ti2Uk',
  serveKeyInEnvironment: 'cnry-srv-Xo4Dc8Yf1Rm6Zh3Bt7Es',
  wrongBearer: 'cnry-wrg-Ga1Kn5Pu9Sy2Jx7Cv4Lt',
  wrongApiKey: 'cnry-xap-Iw8Eb3Om6Td0Qr5Zf9Hk',
  cookie: 'cnry-cki-Nv2Ul7Gj4Yp1Ac8Xs6Dw',
  inQuery: 'cnry-qry-Ro5Ti9Fm3Kb7Ez0Wh2Pc',
  inBrokenFile: 'cnry-brk-Sd1Jy6Vn8Lg4Qa9Xu3Mt',
  asOptionName: 'cnry-opt-Bk7Wp2Hc5Zr0Ie4Tf8Go',
} as const;

/** Every form in which a text may stand somewhere. Base64 hides the bytes around it, so its inner part is looked for at each offset. */
function formsOf(secret: string): string[] {
  const shifted = [0, 1, 2].map((shift) => {
    const text = Buffer.from(`${'x'.repeat(shift)}${secret}`).toString('base64');
    return text.slice(shift === 0 ? 0 : 4, text.length - 4);
  });
  const url = shifted.map((text) => text.replaceAll('+', '-').replaceAll('/', '_'));
  const json = JSON.stringify(secret).slice(1, -1);
  return [...new Set([secret, json, JSON.stringify(json).slice(1, -1), encodeURIComponent(secret), ...shifted, ...url])];
}

type Answer = (response: ServerResponse, echo: string) => void;

const chunk = (fields: object) => `data: ${JSON.stringify({ id: 'gen-1', model: 'm', choices: [], ...fields })}\n\n`;
const delta = (content: object, finish_reason: string | null = null) => ({ choices: [{ index: 0, delta: content, finish_reason }] });
const STOP = chunk({ ...delta({}, 'stop'), usage: { prompt_tokens: 1, completion_tokens: 1, cost: 0.001 } });
const json = (response: ServerResponse, status: number, body: unknown, headers: Record<string, string> = {}) =>
  void response.writeHead(status, { 'content-type': 'application/json', ...headers }).end(JSON.stringify(body));
const stream = (response: ServerResponse, ...frames: string[]) =>
  void response.writeHead(200, { 'content-type': 'text/event-stream' }).end(`${frames.join('')}data: [DONE]\n\n`);
const pieces = (text: string, size: number) => text.match(new RegExp(`[^]{1,${size}}`, 'g')) ?? [];

/** An upstream that says back what it was sent, in every place where something can be said. */
const ANSWERS: Readonly<Record<string, Answer>> = {
  ok: (response) => stream(response, chunk(delta({ content: 'well' })), STOP),
  refused: (response, echo) =>
    json(response, 401, { error: { message: `wrong key: ${echo}` } }, { 'x-echo': 'x', 'www-authenticate': echo }),
  oddError: (response, echo) => json(response, 500, { error: { why: { [echo]: echo } } }),
  late: (response, echo) => json(response, 429, { error: { message: `${' '.repeat(90)}${echo}`, code: echo, metadata: { raw: echo } } }),
  plain: (response, echo) => void response.writeHead(500, { 'content-type': 'text/plain' }).end(`${'x'.repeat(70)} ${echo}`),
  html: (response, echo) =>
    void response.writeHead(502, { 'content-type': 'text/html' }).end(`<a href="/?k=${encodeURIComponent(echo)}">${echo}</a>`),
  htmlAsGood: (response, echo) => void response.writeHead(200, { 'content-type': `text/html; x="${encodeURIComponent(echo)}"` }).end(echo),
  noJson: (response, echo) => void response.writeHead(200, { 'content-type': 'application/json' }).end(`${'x'.repeat(70)} ${echo}`),
  brokenChunk: (response, echo) => stream(response, chunk(delta({ content: 'a' })), `data: ${'{'.repeat(60)} ${echo}\n\n`),
  inStream: (response, echo) =>
    stream(response, chunk(delta({ content: 'begun' })), chunk({ error: { code: 502, message: `it broke: ${echo}` } })),
  finishError: (response, echo) => stream(response, chunk({ choices: [{ delta: {}, finish_reason: 'error', error: { message: echo } }] })),
  names: (response, echo) =>
    stream(
      response,
      chunk({ id: echo, model: echo, provider: echo, ...delta({ content: 'named' }) }),
      chunk({ model: echo, ...delta({}, echo), usage: { prompt_tokens: 1, completion_tokens: 1, cost: 0.001 } }),
    ),
  text: (response, echo) => stream(response, chunk(delta({ content: `you sent ${echo}.` })), STOP),
  textInPieces: (response, echo) => stream(response, ...pieces(`you sent ${echo}.`, 5).map((content) => chunk(delta({ content }))), STOP),
  thoughts: (response, echo) =>
    stream(response, ...pieces(echo, 9).map((reasoning) => chunk(delta({ reasoning }))), chunk(delta({ content: 'done' })), STOP),
  whole: (response, echo) =>
    json(response, 200, { id: 'gen-2', model: 'm', choices: [{ message: { content: echo }, finish_reason: 'stop' }] }),
  tools: (response, echo) =>
    stream(
      response,
      chunk(delta({ tool_calls: [{ index: 0, id: 'call_1', function: { name: 'look', arguments: '' } }] })),
      ...pieces(JSON.stringify({ q: echo }), 7).map((text) => chunk(delta({ tool_calls: [{ index: 0, function: { arguments: text } }] }))),
      STOP,
    ),
};

interface Upstream {
  url: string;
  /** All that clients have sent: heads and bodies. */
  seen: string[];
}

async function startUpstream(): Promise<Upstream> {
  const seen: string[] = [];
  const server = createServer((request, response) => void answer(request, response, seen)).listen(0, '127.0.0.1');
  onTestFinished(() => void server.close());
  await new Promise((resolve) => server.once('listening', resolve));
  return { url: `http://127.0.0.1:${(server.address() as AddressInfo).port}/v1`, seen };
}

async function answer(request: IncomingMessage, response: ServerResponse, seen: string[]): Promise<void> {
  const text = Buffer.concat(await request.toArray()).toString('utf8');
  seen.push(JSON.stringify(request.headers), text);
  const body = (text === '' ? {} : JSON.parse(text)) as { model?: string; input?: unknown; user_token?: string };
  const { authorization = '', 'x-own-token': own = '' } = request.headers;
  const echo = [authorization, String(own), body.user_token ?? ''].filter(Boolean).join(' ');
  if (request.url?.endsWith('/models')) {
    const model = (id: string) => ({ id, name: echo, context_length: 9_000, pricing: { prompt: '0.000001', completion: '0.000001' } });
    return json(response, 200, { data: [...Object.keys(ANSWERS), 'bad'].map((name) => model(`echo/${name}`)) });
  }
  if (body.input !== undefined) return json(response, 200, { object: 'list', model: echo, data: [{ embedding: [1], echo }] });
  const make = ANSWERS[(body.model ?? '').replace('echo/', '')];
  if (make) make(response, echo);
  else json(response, 404, { error: { message: `no ${body.model}: ${echo}` } });
}

function writeConfig(place: Place, upstream: Upstream): string {
  const file = join(place.cwd, 'own.yaml');
  const config = {
    cache: { ttl: '1h' },
    budget: { day: 5 },
    allow_unknown_price: true,
    retries: 0,
    providers: {
      openrouter: { headers: { 'x-own-token': CANARIES.header }, extra_body: { user_token: CANARIES.bodyField } },
      second: { base_url: upstream.url, api_key: CANARIES.providerInConfig, dialect: 'openai' },
    },
    mixtures: {
      default: {
        proposers: [...Object.keys(ANSWERS).map((name) => `echo/${name}`), 'second:echo/text', 'second:echo/refused'],
        critic: 'second:echo/ok',
        grace: '5s',
      },
    },
    serve: { keys: [CANARIES.serveKeyPlain, { name: 'laptop', key: CANARIES.serveKeyNamed, budget: { day: 5 } }] },
  };
  writeFileSync(file, JSON.stringify(config));
  return file;
}

/** Answers as the client got them, byte for byte. */
function keeper() {
  const kept: string[] = [];
  const keep = async (response: Response) => {
    kept.push(JSON.stringify([...response.headers]), await response.text());
    return response.status;
  };
  return { kept, keep };
}

/** Good requests and bad ones of every kind; the statuses. */
async function askEverything(server: RunningServer, keep: (response: Response) => Promise<number>): Promise<number[]> {
  const base = server.url.replace('/v1', '');
  const own = { authorization: `Bearer ${CANARIES.serveKeyNamed}`, cookie: `session=${CANARIES.cookie}` };
  const other = { 'x-api-key': CANARIES.serveKeyPlain };
  const third = { authorization: `Bearer ${CANARIES.serveKeyInEnvironment}` };
  const tools = [{ type: 'function', function: { name: 'look', parameters: { type: 'object' } } }];
  const statuses: number[] = [];
  const send = async (response: Promise<Response>) => void statuses.push(await keep(await response));
  for (const name of Object.keys(ANSWERS)) {
    for (const prefix of ['echo/', 'second:echo/']) {
      await send(chat(server.url, { model: `${prefix}${name}`, ...(name === 'tools' && { tools }) }, own));
      await send(chat(server.url, { model: `${prefix}${name}`, stream: true, ...(name === 'tools' && { tools }) }, other));
    }
  }
  for (const stream of [true, false])
    await send(chat(server.url, { model: 'mom:fuse', stream, messages: [{ role: 'user', content: `hi ${stream}` }] }, third));
  await send(chat(server.url, { model: 'mom:no-such' }, own));
  await send(chat(server.url, { model: `mom/${CANARIES.serveKeyNamed}` }, own));
  await send(chat(server.url, { messages: 7 }, own));
  await send(chat(server.url, {}, { authorization: `Bearer ${CANARIES.wrongBearer}` }));
  await send(chat(server.url, {}, { 'x-api-key': CANARIES.wrongApiKey }));
  await send(chat(server.url, {}, { authorization: `Basic ${Buffer.from(`u:${CANARIES.serveKeyNamed}`).toString('base64')}` }));
  await send(fetch(`${server.url}/models?api_key=${CANARIES.inQuery}`));
  await send(fetch(`${server.url}/models/mom:${CANARIES.serveKeyNamed}?key=${CANARIES.inQuery}`, { headers: own }));
  await send(fetch(`${server.url}/nothing?key=${CANARIES.inQuery}`, { headers: own }));
  await send(fetch(`${server.url}/models`, { headers: own }));
  await send(fetch(`${base}/metrics`, { headers: own }));
  await send(fetch(`${base}/readyz`));
  const post = (path: string, body: string) =>
    fetch(`${server.url}${path}`, { method: 'POST', headers: { 'content-type': 'application/json', ...own }, body });
  await send(post('/embeddings', JSON.stringify({ model: 'echo/ok', input: 'x' })));
  await send(post('/chat/completions', `{"model": "${CANARIES.serveKeyNamed}`));
  await send(post('/chat/completions', ' '.repeat(33 * 2 ** 20)));
  return statuses;
}

/** Files that mom has written, with their bytes. */
function written(place: Place, config: string): { path: string; bytes: string }[] {
  return readdirSync(place.root, { recursive: true, withFileTypes: true })
    .filter((entry) => entry.isFile())
    .map((entry) => join(entry.parentPath, entry.name))
    .filter((path) => path !== config)
    .map((path) => ({ path, bytes: readFileSync(path, 'latin1') }));
}

/** What is readable of a process for everybody on the machine; nothing where the system has no such files. */
function processList(): string {
  const read = (pid: string) => {
    try {
      return readFileSync(`/proc/${pid}/cmdline`, 'latin1');
    } catch {
      return '';
    }
  };
  return process.platform === 'linux'
    ? readdirSync('/proc')
        .filter((name) => /^\d+$/.test(name))
        .map(read)
        .join('\n')
    : '';
}

it('no key is in any byte of output, answers, records, databases, lists or the list of processes', { timeout: 60_000 }, async () => {
  const place = newPlace();
  onTestFinished(place.remove);
  const upstream = await startUpstream();
  const config = writeConfig(place, upstream);
  const env = {
    MOM_BASE_URL: upstream.url,
    MOM_API_KEY: CANARIES.providerInEnvironment,
    OPENROUTER_API_KEY: CANARIES.providerInEnvironment,
    OPENAI_API_KEY: CANARIES.unusedVariable,
    MOM_SERVE_KEY: CANARIES.serveKeyInEnvironment,
    TMPDIR: join(place.root, 'home'),
  };
  const places: Record<string, string> = {};
  const server = await startServer(['--config', 'own.yaml', '--debug-requests'], { place, env });
  let said = '';
  server.child.stderr.on('data', (bytes: Buffer) => {
    said += bytes.toString('utf8');
  });
  const { kept, keep } = keeper();
  const statuses = await askEverything(server, keep);
  expect([...new Set(statuses)].sort()).toEqual([200, 400, 401, 404, 413, 502, 503]);

  const good = readFileSync(config, 'utf8');
  const wrong = [
    `serve: { keys: [ { name: ${CANARIES.inBrokenFile} } ], ${CANARIES.asOptionName}: 1 }`,
    `providers: { openrouter: ${CANARIES.inBrokenFile} }`,
    `mixture: ${CANARIES.inBrokenFile}`,
    `"${CANARIES.inBrokenFile}" ${CANARIES.asOptionName}`,
  ];
  for (const [index, text] of wrong.entries()) {
    // The line number tells which one was read.
    writeFileSync(config, `${'\n'.repeat(index)}${text}\n`);
    server.child.kill('SIGHUP');
    await expect.poll(() => said.includes(`the old one stays in force: own.yaml:${index + 1}:`), { timeout: 5_000 }).toBe(true);
  }
  writeFileSync(config, good);
  const processes = processList();
  const { stdout, stderr } = await server.stop();
  expect(logLines(stderr).length).toBeGreaterThan(statuses.length);

  // Where no store can take a run in, its journal stays.
  const unstored = join(place.root, 'unstored');
  keepJournals({ ...place, state: unstored });
  const there = { place, env: { ...env, XDG_STATE_HOME: unstored } };
  await runCli(['ask', '--config', 'own.yaml', '-m', 'echo/refused', 'hi'], there);
  const other = await startServer(['--config', 'own.yaml'], there);
  for (const name of ['refused', 'text', 'inStream'])
    await keep(await chat(other.url, { model: `second:echo/${name}` }, { authorization: `Bearer ${CANARIES.serveKeyNamed}` }));
  await other.stop();

  for (const args of [
    ['-m', 'echo/refused'],
    ['-m', 'second:echo/text', '-v'],
    ['--json'],
    ['--explain-route', '-n'],
    ['-m', 'second:echo/inStream'],
  ]) {
    const result = await runCli(['ask', '--config', 'own.yaml', '--debug-requests', ...args, 'hi'], { place, env });
    places[`mom ask ${args.join(' ')}`] = result.stdout + result.stderr;
  }
  for (const args of [
    ['config', 'show', '--origin'],
    ['config', 'validate'],
    ['serve', '--print-env', 'openai'],
    ['doctor', '--json'],
  ]) {
    const result = await runCli([...args, '--config', 'own.yaml'], { place, env });
    places[`mom ${args.join(' ')}`] = result.stdout + result.stderr;
  }
  for (const args of [
    ['logs', '--json'],
    ['logs', 'export'],
    ['logs', 'show', '--html'],
    ['cost', '--by', 'client', '--json'],
    ['__complete', 'zsh', 'mom', 'logs', 'show', ''],
  ]) {
    const result = await runCli(args, { place, env });
    expect([args, result.status, result.stdout === '']).toEqual([args, 0, false]);
    places[`mom ${args.join(' ')}`] = result.stdout + result.stderr;
  }
  Object.assign(places, { stdout, stderr, processes });
  for (const [index, text] of kept.entries()) places[`answer ${index}`] = text;
  for (const { path, bytes } of written(place, config)) places[path] = bytes;

  // What is looked for was really used, and what is looked through is really there.
  const sent = upstream.seen.join('\n');
  for (const name of ['providerInEnvironment', 'header', 'bodyField'] as const) expect(sent).toContain(CANARIES[name]);
  expect(sent).toContain(JSON.stringify(CANARIES.providerInConfig).slice(1, -1));
  for (const part of ['/runs/', '/runs/serve-', 'debug-requests', 'mom.db', 'answers.db', 'main.cjs-v', '/models/']) {
    expect(
      Object.keys(places).filter((path) => path.includes(part)),
      part,
    ).not.toEqual([]);
  }
  expect(kept.join('\n')).toContain('you sent Bearer [key]');
  const leaks = Object.entries(places).flatMap(([where, text]) =>
    Object.entries(CANARIES).flatMap(([name, secret]) =>
      formsOf(secret).flatMap((form) => {
        const at = text.indexOf(form);
        return at < 0 ? [] : [`${name} in ${where}: ${JSON.stringify(text.slice(Math.max(0, at - 80), at + form.length + 20))}`];
      }),
    ),
  );
  expect(leaks).toEqual([]);
});
