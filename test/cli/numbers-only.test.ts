import { existsSync, readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { join } from 'node:path';
import { describe, expect, it, onTestFinished } from 'vitest';
import { newPlace, type Place, runCli } from '../support/cli.js';
import { journalLines, journalRuns, keepJournals } from '../support/journals.js';
import { chat, startServer } from '../support/serve-cli.js';

/** Planted wherever a text can come from; none may be in any file. */
const WORDS = {
  question: 'cnry-question-1',
  system: 'cnry-system-2',
  role: 'cnry-role-3',
  roleName: 'cnry-rolename-4',
  answer: 'cnry-answer-5',
  thought: 'cnry-thought-6',
  refusal: 'cnry-refusal-7',
  schema: 'cnry-schema-8',
  file: 'cnry-file-9',
  tool: 'cnry-tool-10',
  toolCall: 'cnry-toolcall-11',
  finish: 'cnry-finish-12',
  resolved: 'cnry resolved 13',
} as const;

const chunk = (fields: object) => `data: ${JSON.stringify({ id: 'gen-1', choices: [], ...fields })}\n\n`;
const delta = (content: object, finish_reason: string | null = null) => ({ choices: [{ index: 0, delta: content, finish_reason }] });

/** A provider that says all of it: a thought, an answer, a tool call, a reason to end; model `acme/refuses` refuses. */
async function provider(): Promise<string> {
  const usage = { prompt_tokens: 11, completion_tokens: 7, cost: 0.001 };
  const call = { tool_calls: [{ index: 0, id: 'call_1', function: { name: 'look', arguments: `{"at":"${WORDS.toolCall}"}` } }] };
  const server = createServer((request, response) => {
    let body = '';
    request.on('data', (bytes: Buffer) => {
      body += bytes.toString();
    });
    request.on('end', () => {
      if (request.method !== 'POST') return void response.writeHead(404).end();
      const json = { 'content-type': 'application/json' };
      if (body.includes('acme/refuses'))
        return void response.writeHead(400, json).end(JSON.stringify({ error: { message: WORDS.refusal } }));
      const usesTools = body.includes('"tools"');
      response.writeHead(200, { 'content-type': 'text/event-stream' });
      response.end(
        [
          chunk({ model: WORDS.resolved, ...delta({ reasoning: WORDS.thought }) }),
          chunk(delta({ content: `{"it":"${WORDS.answer} of ${(JSON.parse(body) as { model: string }).model}"}` })),
          ...(usesTools ? [chunk(delta(call))] : []),
          chunk({ ...delta({}, usesTools ? 'tool_calls' : 'stop'), native_finish_reason: WORDS.finish, usage }),
          'data: [DONE]\n\n',
        ].join(''),
      );
    });
  }).listen(0, '127.0.0.1');
  onTestFinished(() => void server.close().closeAllConnections());
  await new Promise((resolve) => server.once('listening', resolve));
  return `http://127.0.0.1:${(server.address() as AddressInfo).port}/v1`;
}

async function placeOfTest(): Promise<Place> {
  const place = newPlace();
  onTestFinished(place.remove);
  const config = {
    log: { content: false },
    roles: { [WORDS.roleName]: WORDS.role },
    retries: 0,
    mixtures: {
      own: {
        strategy: 'fuse',
        proposers: [
          { model: 'acme/one', role: WORDS.roleName, family: 'a' },
          { model: 'acme/two', family: 'b' },
          { model: 'acme/refuses', family: 'c' },
        ],
        critic: [{ model: 'acme/critic', family: 'd' }],
      },
    },
  };
  writeFileSync(join(place.root, 'own.yaml'), JSON.stringify(config));
  writeFileSync(join(place.root, 'input.txt'), WORDS.file);
  return { ...place, env: { ...place.env, MOM_BASE_URL: await provider(), MOM_API_KEY: 'key-of-the-test' } };
}

/** Every byte that mom has written, state and cache, and what the store gives out: it packs what it keeps. */
async function bytesOf(place: Place): Promise<string> {
  const { state, env } = place;
  const folders = [state, env.XDG_CACHE_HOME as string].filter((dir) => existsSync(dir));
  const texts = folders.flatMap((dir) =>
    readdirSync(dir, { recursive: true, withFileTypes: true })
      .filter((entry) => entry.isFile())
      .map((entry) => readFileSync(join(entry.parentPath, entry.name), 'latin1')),
  );
  return [...texts, (await runCli(['logs', 'export'], { place })).stdout].join('\n');
}

async function expectNoWord(place: Place): Promise<void> {
  const bytes = await bytesOf(place);
  expect(bytes).toContain('acme/critic');
  expect(Object.values(WORDS).filter((word) => bytes.includes(word))).toEqual([]);
}

const SCHEMA = { type: 'object', properties: { it: { type: 'string', description: WORDS.schema } }, required: ['it'] };

const ask = (place: Place, ...args: string[]) =>
  runCli(['ask', '--config', join(place.root, 'own.yaml'), '--mixture', 'own', ...args, WORDS.question], { place });

describe('log.content: false', () => {
  it.each([
    ['in the journal', true],
    ['in the store', false],
  ])('of the shell: no word of question, files, roles, answers, errors or schema %s', async (_where, staysInJournal) => {
    const place = await placeOfTest();
    if (staysInJournal) keepJournals(place);
    const { stdout, status } = await ask(
      place,
      '-s',
      WORDS.system,
      '-f',
      join(place.root, 'input.txt'),
      '--schema',
      JSON.stringify(SCHEMA),
    );
    expect([status, stdout]).toEqual([0, `{"it":"${WORDS.answer} of acme/critic"}\n`]);
    if (staysInJournal) {
      expect(journalLines(place)).not.toEqual([]);
      const [run] = journalRuns(place);
      expect(run?.first).toMatchObject({ content: false, origin: { format: null, choice: { mixture: 'own' } } });
      expect(run?.events.at(-1)).toMatchObject({
        type: 'run.end',
        result: { status: 'complete', answer: null, usage: { input_tokens: 33, output_tokens: 21 } },
      });
    }
    await expectNoWord(place);
  });

  it.each([
    ['in the journal', true],
    ['in the store', false],
  ])('of the gateway: nor of tools and their calls %s', async (_where, staysInJournal) => {
    const place = await placeOfTest();
    if (staysInJournal) keepJournals(place);
    const server = await startServer(['--config', join(place.root, 'own.yaml')], { place });
    const messages = [
      { role: 'system', content: WORDS.system },
      { role: 'user', content: WORDS.question },
    ];
    const tools = [{ type: 'function', function: { name: 'look', description: WORDS.tool, parameters: SCHEMA } }];
    const format = { type: 'json_schema', json_schema: { name: 'it', schema: SCHEMA } };
    const answers = [
      await chat(server.url, { model: 'mom/own', messages, response_format: format }),
      await chat(server.url, { model: 'mom/own:fuse', messages, stream: true, tools }),
      await chat(server.url, { model: 'acme/refuses', messages }),
    ];
    const texts = await Promise.all(answers.map((answer) => answer.text()));
    expect(texts[0]).toContain(WORDS.answer);
    expect(texts[1]).toContain(WORDS.toolCall);
    expect(texts[2]).toContain(WORDS.refusal);
    await server.stop();
    if (staysInJournal) {
      expect(journalRuns(place)).toHaveLength(3);
      for (const { first } of journalRuns(place)) expect(first.content).toBe(false);
    }
    await expectNoWord(place);
  });
});
