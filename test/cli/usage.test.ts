import { existsSync, mkdirSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { Ajv2020 } from 'ajv/dist/2020.js';
import { afterAll, beforeAll, beforeEach, describe, expect, it, onTestFinished } from 'vitest';
import resultSchema from '../../schemas/result.schema.json' with { type: 'json' };
import { type Sandbox, startSandbox } from '../../src/sandbox/index.js';
import { type CliOptions, newPlace, runCli } from '../support/cli.js';

const ONE = 'sandbox/say=One';
const validate = new Ajv2020({ strict: true, allErrors: true, allowUnionTypes: true, formats: { 'date-time': true } }).compile(
  resultSchema,
);

let sandbox: Sandbox;
beforeAll(async () => {
  sandbox = await startSandbox({});
});
beforeEach(() => sandbox.reset());
afterAll(() => sandbox.close());

const mom = (args: readonly string[], options: CliOptions = {}) =>
  runCli(args, { ...options, env: { MOM_BASE_URL: sandbox.url, MOM_API_KEY: 'x', ...options.env } });

/** A place with these files, of which those in `work/` are in the working directory. */
function placeWith(files: Record<string, string>) {
  const place = newPlace();
  onTestFinished(place.remove);
  for (const [name, text] of Object.entries(files)) {
    const path = join(place.root, name);
    mkdirSync(dirname(path), { recursive: true });
    writeFileSync(path, text);
  }
  return place;
}

const fails = (status: number, message: string, hint: string) => ({
  stdout: '',
  stderr: `mom: ${message}\nhint: ${hint}\n`,
  status,
  signal: null,
});

describe('a wrong command line is 2 with the nearest right one', () => {
  it.each([
    [['ask', '--modle', 'x', 'q'], "unknown option '--modle'", 'did you mean --model?'],
    [['ask', '--qourum', '2', 'q'], "unknown option '--qourum'", 'did you mean --quorum?'],
    [['ask', '--zzzzzzzz', 'q'], "unknown option '--zzzzzzzz'", 'mom ask --help-all shows what there is'],
    [['ask', '--quorum', '0', 'q'], '--quorum cannot be "0"', '--quorum takes a whole number of at least 1'],
    [
      ['ask', '--quorum', '5', '-m', ONE, '-m', ONE, 'q'],
      '--quorum 5 is more than the 2 models that will be asked',
      'use a number from 1 to 2',
    ],
    [['ask', '--timeout', '10', 'q'], '--timeout cannot be "10"', '--timeout takes a duration with its unit such as 500ms, 30s, 5m or 1h'],
    [['ask', '--max-cost', 'much', 'q'], '--max-cost cannot be "much"', '--max-cost takes US dollars such as 0.50'],
    [['ask', '--temperature', '3', 'q'], '--temperature cannot be "3"', '--temperature takes a number from 0 to 2'],
    [
      ['ask', '--strategy', 'fues', 'q'],
      '--strategy cannot be "fues"',
      'did you mean fuse? --strategy takes single, fuse, self, vote, select, cascade, deep or auto',
    ],
    [
      ['ask', '--role', 'analytcal', '-m', ONE, 'q'],
      "there is no role 'analytcal'",
      "did you mean 'analytical'? there are: analytical, creative, practical, critical",
    ],
    [['ask', '--mixture', 'nope', 'q'], "there is no mixture 'nope'", 'there are: default, fast, best, local, self'],
    [
      ['ask', '--set', 'mixtures.default.qourum=2', 'q'],
      '--set mixtures.default.qourum: unknown option "qourum" in mixtures.default',
      'did you mean "quorum"?',
    ],
    [['why is it so'], '"why is it so" is not a command', 'mom ask "why is it so"'],
    [['config', 'shwo'], "unknown command 'shwo'", 'did you mean show?'],
    [['history'], '"history" is not a command', 'mom ask history'],
    [
      ['logs', 'shwo'],
      "'logs' takes no argument",
      'mom logs show ID shows one run, mom logs --search WORDS finds some; mom logs --help shows what else there is',
    ],
    [['logs', 'show', 'a', 'b'], "'logs show' takes 1 argument, not 2", 'mom logs show --help shows what there is'],
    [['completion'], "'completion' needs <shell>", 'mom completion --help shows what there is'],
    [['ask', 'q', '--from'], '--from <id> needs its value', 'mom ask --help-all shows what there is'],
    [['keys', 'shwo'], "unknown command 'shwo'", 'did you mean show?'],
    [['aks', 'hi'], '"aks" is not a command', 'did you mean mom ask? As a question it is: mom ask aks hi'],
    [['-m', 'x', 'hello'], '-m belongs to a command', 'mom ask -m x hello'],
  ])('mom %j', async (args, message, hint) => {
    expect(await mom(args)).toEqual(fails(2, message, hint));
    expect(sandbox.stats().requests).toBe(0);
  });

  it('with --json prints the one object all the same', async () => {
    const { stdout, stderr, status } = await mom(['ask', '--json', '--modle', 'x', 'q']);
    expect({ stderr, status }).toEqual({ stderr: "mom: unknown option '--modle'\nhint: did you mean --model?\n", status: 2 });
    expect([validate(JSON.parse(stdout)), validate.errors]).toEqual([true, null]);
    expect(JSON.parse(stdout)).toMatchObject({
      status: 'failed',
      answer: null,
      error: { code: 'usage', message: "unknown option '--modle'", hint: 'did you mean --model?' },
    });
  });
});

describe('keys and models', () => {
  it('without any key is 77 and shows every way', async () => {
    const { stdout, stderr, status } = await runCli(['ask', 'hello']);
    const [what, ...hint] = stderr.trimEnd().split('\n');
    expect({ stdout, status, what }).toEqual({ stdout: '', status: 77, what: 'mom: no API key is set' });
    expect(hint.slice(0, 5)).toEqual([
      'hint: one of these ways:',
      '  mom keys set openrouter  asks for a key and keeps it',
      '  set OPENROUTER_API_KEY (or OPENAI_API_KEY, ANTHROPIC_API_KEY, GEMINI_API_KEY)',
      '  mom init                 writes a configuration',
      '  --sandbox                needs no key and no network',
    ]);
    expect(hint[5]).toMatch(
      /^ {2}(start Ollama or LM Studio: nothing answers on 127\.0\.0\.1:11434 or 127\.0\.0\.1:1234|--mixture local {10}asks what runs here: .*)$/,
    );
    expect(hint).toHaveLength(6);
  });

  it('with a refused key is 77 with the reason of the provider', async () => {
    const strict = await startSandbox({ apiKey: 'the-right-key' });
    onTestFinished(() => strict.close());
    const run = await runCli(['ask', '-m', ONE, 'q'], { env: { MOM_BASE_URL: strict.url, MOM_API_KEY: 'the-wrong-key' } });
    expect(run).toEqual(
      fails(77, `openrouter failed for ${ONE} (401): User not found.`, 'check the key of openrouter and what it may use'),
    );
  });

  it('an unknown model alone is 78', async () => {
    expect(await mom(['ask', '-m', 'missing/model', 'q'])).toEqual(
      fails(
        78,
        'openrouter failed for missing/model (400): missing/model is not a valid model ID',
        'check the model id with the provider; ids look like `openai/gpt-5` or `provider:model`',
      ),
    );
  });

  it('a failed run prints one JSON object that its schema takes', async () => {
    const { stdout, status } = await mom(['ask', '-m', 'missing/model', '--json', 'q']);
    expect([validate(JSON.parse(stdout)), validate.errors]).toEqual([true, null]);
    expect({ status, ...JSON.parse(stdout) }).toMatchObject({ status: 'failed', answer: null, error: { code: 'model_unknown' } });
    expect(status).toBe(78);
  });
});

describe('configuration', () => {
  it('with an unknown key is 78 with its place and the nearest right one', async () => {
    const place = placeWith({ 'work/mom.config.yaml': 'mixtures:\n  default:\n    qourum: 2\n' });
    expect(await mom(['ask', 'q'], { place })).toEqual(
      fails(78, 'mom.config.yaml:3:5: unknown option "qourum" in mixtures.default', 'did you mean "quorum"?'),
    );
  });

  it('that uses an unset variable is an error only where it is used', async () => {
    const place = placeWith({ 'work/own.yaml': `providers:\n  one:\n    base_url: ${sandbox.url}\n    api_key: "\${KEY_OF_ONE}"\n` });
    expect(await mom(['ask', '--config', 'own.yaml', '-m', `one:${ONE}`, 'q'], { place })).toEqual(
      fails(
        77,
        'own.yaml:4:5: providers.one.api_key needs the variable KEY_OF_ONE, which is not set',
        'set KEY_OF_ONE, or write ${KEY_OF_ONE:-default}',
      ),
    );
    expect(await mom(['ask', '--config', 'own.yaml', '-m', ONE, 'q'], { place })).toEqual({
      stdout: 'One\n',
      stderr: '',
      status: 0,
      signal: null,
    });
  });

  it('of a project that sets a guarded option is 78 until it is trusted', async () => {
    const place = placeWith({ 'work/mom.config.yaml': `providers:\n  openrouter:\n    base_url: ${sandbox.url}\n` });
    expect(await mom(['ask', '-m', ONE, 'q'], { place })).toEqual(
      fails(
        78,
        'mom.config.yaml:3:5: providers.openrouter.base_url decides what is sent where, and this project file is not trusted',
        'read the file; if you trust it as it is, run `mom config trust`',
      ),
    );
    expect(sandbox.stats().requests).toBe(0);
    expect((await mom(['config', 'trust'], { place })).status).toBe(0);
    expect((await mom(['ask', '-m', ONE, 'q'], { place })).stdout).toBe('One\n');
  });

  it('is never a program: none that lies about is run', async () => {
    const evil = `require('node:fs').writeFileSync(require('node:path').join(process.cwd(), 'OWNED'), '')`;
    const names = [
      '.config.js',
      '.config.cjs',
      '.config/config.js',
      '.config/mom.config.js',
      'mom.config.js',
      'mom.config.cjs',
      '.momrc.js',
    ];
    const place = placeWith({
      ...Object.fromEntries(names.map((name) => [`work/${name}`, evil])),
      'work/package.json': JSON.stringify({ cosmiconfig: { searchPlaces: ['mom.config.js'], loaders: { '.js': './mom.config.js' } } }),
    });
    for (const args of [
      ['ask', '-m', ONE, 'q'],
      ['config', 'show'],
      ['config', 'where'],
    ]) {
      const { status, stderr } = await mom(args, { place });
      expect({ status, stderr }).toEqual({ status: 0, stderr: '' });
    }
    expect(existsSync(join(place.cwd, 'OWNED'))).toBe(false);
  });
});

describe('input', () => {
  it('an empty pipe is 66', async () => {
    expect(await mom(['ask', '-m', ONE])).toEqual(fails(66, 'standard input is empty and there is no question', 'mom ask "your question"'));
  });

  it('an input of white space is 66', async () => {
    const run = await mom(['ask', '-m', ONE], { stdin: ' \n\n' });
    expect({ stdout: run.stdout, status: run.status }).toEqual({ stdout: '', status: 66 });
    expect(sandbox.stats().requests).toBe(0);
  });

  it('text that is not UTF-8 is 65 with the offset', async () => {
    expect(await mom(['ask', '-m', ONE], { stdin: Buffer.from([0x68, 0xc3, 0xa9, 0xe9, 0x21]) })).toEqual(
      fails(
        65,
        'standard input is not UTF-8 text: byte 0xe9 at offset 3',
        'convert it to UTF-8 first, for example: iconv -f LATIN1 -t UTF-8',
      ),
    );
  });

  it('binary data is 65 with the offset', async () => {
    expect(await mom(['ask', '-m', ONE], { stdin: Buffer.from('abc\0def') })).toEqual(
      fails(65, 'standard input is binary, not text: a NUL byte at offset 3', 'send text; images are attached with -a'),
    );
  });

  it('a missing file is 66', async () => {
    expect(await mom(['ask', '-m', ONE, '-f', 'gone.txt', 'q'])).toEqual(
      fails(66, 'gone.txt could not be read: there is no such file', 'check the name, or leave it out'),
    );
  });

  it('a folder goes without its .env, which is named', async () => {
    const place = placeWith({ 'work/src/a.txt': 'the text', 'work/src/.env': 'SECRET=hunter2', 'work/src/id_rsa': 'hunter2' });
    const { stdout, stderr, status } = await mom(['ask', '-m', 'sandbox/echo', '-f', 'src', 'q'], { place });
    expect(status).toBe(0);
    expect(stdout).toContain('the text');
    expect(stdout).not.toContain('hunter2');
    expect(stderr).toBe('mom: warning: left out of src: src/.env (looks like a key), src/id_rsa (looks like a key)\n');
  });
});
