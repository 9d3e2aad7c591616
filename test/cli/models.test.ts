import { mkdirSync, readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import stringWidth from 'string-width';
import { describe, expect, it, onTestFinished } from 'vitest';
import { newPlace, type Place, runCli } from '../support/cli.js';
import { entry, modelServer, openrouter, sendJson } from '../support/model-server.js';
import { problems } from '../support/schema.js';
import { onTerminal } from '../support/terminal.js';

const KEY = 'key-of-this-test';

function newHome(config?: string): Place {
  const place = newPlace();
  onTestFinished(place.remove);
  if (config !== undefined) {
    mkdirSync(join(place.config, 'mom'));
    writeFileSync(join(place.config, 'mom', 'mom.config.yaml'), config);
  }
  return place;
}

/** `mom models` of a user whose default provider is at this address. */
function models(args: readonly string[], url: string, place: Place = newHome()) {
  return runCli(['models', ...args], { place, env: { MOM_BASE_URL: url, MOM_API_KEY: KEY } });
}

const GPT = 'model\tacme/gpt-9\t1.25\t10\t400000\ttext,image\ttext\topenrouter\tAcme: GPT-9\n';
const GEMMA = 'model\tacme/gemma:free\tfree\tfree\t131072\ttext,image\ttext\topenrouter\tGemma (free)\n';
const AUTO = 'model\tacme/auto\t?\t?\t2000000\ttext,image\ttext\topenrouter\tAuto\n';

describe('mom models in a pipe', () => {
  it('prints a line each, a tab between fields; what nobody knows is no 0', async () => {
    const { url } = await modelServer();
    expect(await models(['ACME', 'g'], url)).toMatchObject({ stdout: GEMMA + GPT, stderr: '', status: 0 });
    expect(await models(['auto'], url)).toMatchObject({ stdout: AUTO, stderr: '' });
  });

  it('has the mixtures on top, the default one first', async () => {
    const { url } = await modelServer();
    const { stdout } = await models(
      [],
      url,
      newHome('mixture: mine\nmixtures: { mine: { proposers: [acme/gpt-9, acme/gpt-9], critic: acme/auto } }'),
    );
    const lines = stdout.split('\n');
    expect(lines[0]).toBe('mixture\tmine\tfuse\tacme/gpt-9,acme/gpt-9\tacme/auto\tdefault\t');
    expect(lines.filter((line) => line.startsWith('mixture\t')).map((line) => line.split('\t')[1])).toEqual([
      'mine',
      'default',
      'fast',
      'best',
      'self',
    ]);
    expect(lines.findLastIndex((line) => line.startsWith('mixture'))).toBeLessThan(lines.findIndex((line) => line.startsWith('model')));
  });

  it('names the model of a mixture that asks only one', async () => {
    const { url } = await modelServer();
    const place = newHome(
      'mixtures: { one: { strategy: single, proposers: [acme/gpt-9] }, other: { strategy: single, single: acme/auto } }',
    );
    const { stdout } = await models([], url, place);
    expect(stdout).toContain('mixture\tone\tsingle\tacme/gpt-9\t\t\t\n');
    expect(stdout).toContain('mixture\tother\tsingle\tacme/auto\t\t\t\n');
  });

  it('has only what costs nothing, or reads enough, and then no mixtures', async () => {
    const { url } = await modelServer();
    expect((await models(['--free'], url)).stdout).toBe(GEMMA);
    expect((await models(['--context', '400000'], url)).stdout).toBe(AUTO + GPT);
    expect((await models(['--context', '400001', '--free'], url)).stdout).toBe('');
  });

  it('writes ids of other providers as -m takes them', async () => {
    const own = await modelServer((_req, res) => sendJson(res, 200, { object: 'list', data: [{ id: 'llama:8b' }] }));
    const { url } = await modelServer();
    const place = newHome(`providers: { own: { base_url: "${own.url}" } }`);
    expect((await models(['llama'], url, place)).stdout).toBe('model\town:llama:8b\t?\t?\t?\t?\t?\town\t\n');
    expect((await models(['--provider', 'own'], url, place)).stdout).toBe('model\town:llama:8b\t?\t?\t?\t?\t?\town\t\n');
    expect(own.seen).toEqual(['GET /v1/models no key']);
  });

  it('takes a configured price for the list’s', async () => {
    const { url } = await modelServer();
    const place = newHome('pricing: { acme/auto: { input: 0.5, output: 1.5 } }');
    expect((await models(['auto'], url, place)).stdout).toBe(AUTO.replace('?\t?', '0.5\t1.5'));
  });
});

describe('when no model fits', () => {
  it('says so on stderr with the nearest word, and is no failure', async () => {
    const { url } = await modelServer();
    expect(await models(['gema'], url)).toMatchObject({
      stdout: '',
      stderr: "mom: none of 4 models fits; did you mean 'gemma'?\n",
      status: 0,
    });
    expect(await models(['qqqqqqqq'], url)).toMatchObject({ stdout: '', stderr: 'mom: none of 4 models fits\n', status: 0 });
  });

  it('says when only the limits are in the way', async () => {
    const { url } = await modelServer();
    expect(await models(['gpt', '--free'], url)).toMatchObject({
      stdout: '',
      stderr: 'mom: none of 4 models fits; 1 with these words do without --free and --context\n',
    });
  });

  it('prints an object all the same where JSON is wanted', async () => {
    const { url } = await modelServer();
    const value = JSON.parse((await models(['gema', '--json'], url)).stdout);
    expect(problems('models', value)).toEqual([]);
    expect(value).toMatchObject({ mixtures: [], models: [], error: null });
  });
});

it('prints what its schema says', async () => {
  const { url } = await modelServer();
  const value = JSON.parse((await models(['--json'], url)).stdout);
  expect(problems('models', value)).toEqual([]);
  expect(value.mixtures[0]).toMatchObject({ name: 'default', default: true, strategy: 'fuse', problem: null });
  expect(value.models.find(({ id }: { id: string }) => id === 'acme/painter')).toEqual({
    id: 'acme/painter',
    provider: 'openrouter',
    model: 'acme/painter',
    name: 'Painter \u001b[31m\u6f22\u5b57',
    free: false,
    input_usd: 0.075,
    output_usd: 0.3,
    request_usd: 0,
    context: 32_768,
    modalities: { input: ['text', 'image', 'file'], output: ['text', 'image'] },
  });
  expect(value.models.find(({ id }: { id: string }) => id === 'acme/auto')).toMatchObject({
    free: null,
    input_usd: null,
    output_usd: null,
  });
});

describe('the lists', () => {
  it('are kept for a day, and fetched anew on demand', async () => {
    const place = newHome();
    const { url, seen } = await modelServer();
    await models(['gpt-9'], url, place);
    expect(await models(['gpt-9'], url, place)).toMatchObject({ stdout: GPT });
    expect(seen).toEqual([`GET /v1/models Bearer ${KEY}`]);
    await models(['gpt-9', '--refresh'], url, place);
    expect(seen).toHaveLength(2);
  });

  it('are used with their age when the provider does not answer', async () => {
    const place = newHome();
    let isDown = false;
    const { url } = await modelServer((req, res) => (isDown ? sendJson(res, 500, { error: { message: 'oh' } }) : openrouter()(req, res)));
    await models(['gpt-9'], url, place);
    isDown = true;
    const folder = join(place.root, 'cache', 'mom', 'models');
    for (const name of readdirSync(folder)) {
      const kept = JSON.parse(readFileSync(join(folder, name), 'utf8'));
      kept.fetched_at = new Date(Date.now() - 3 * 24 * 3_600_000).toISOString();
      writeFileSync(join(folder, name), JSON.stringify(kept));
    }
    const { stdout, stderr, status } = await models(['gpt-9'], url, place);
    expect({ stdout, status }).toEqual({ stdout: GPT, status: 0 });
    expect(stderr).toMatch(
      /^mom: warning: openrouter failed for its model list \(500\): oh; what follows is its list of \d{4}-\d\d-\d\d \d\d:\d\d UTC \(3 days old\)\n$/,
    );
  });

  it('of one provider that fails take nothing from the others', async () => {
    const own = await modelServer((_req, res) => void res.writeHead(200).end('<html></html>'));
    const { url } = await modelServer();
    const { stdout, stderr, status } = await models(['gpt-9'], url, newHome(`providers: { own: { base_url: "${own.url}" } }`));
    expect({ stdout, stderr, status }).toEqual({
      stdout: GPT,
      stderr: 'mom: warning: own sent something that is no model list\n',
      status: 0,
    });
  });

  it('leave out what is out of service', async () => {
    const { url } = await modelServer(openrouter([entry('acme/old', { expiration_date: '2020-01-01' }), entry('acme/new')]));
    expect((await models(['acme', '--json'], url)).stdout).not.toContain('acme/old');
  });
});

describe('without any list', () => {
  it('ends with 69 after the mixtures when every provider fails', async () => {
    const { url } = await modelServer((_req, res) => sendJson(res, 401, { error: { message: `bad ${KEY}` } }));
    const { stdout, stderr, status } = await models(['--provider', 'openrouter', '--json'], url);
    expect(status).toBe(69);
    expect(stderr).toBe(
      'mom: no provider told its models: openrouter failed for its model list (401): bad [key]\nhint: `mom doctor` says what is wrong and how to mend it\n',
    );
    const value = JSON.parse(stdout);
    expect(problems('models', value)).toEqual([]);
    expect(value.error.code).toBe('provider_error');
    expect(value.providers).toEqual([
      {
        name: 'openrouter',
        listed_at: null,
        error: { code: 'key_refused', message: 'openrouter failed for its model list (401): bad [key]' },
      },
    ]);
  });

  it('says why the one that was asked for can’t be asked', async () => {
    const place = newHome('providers: { own: { base_url: "http://127.0.0.1:1/v1", api_key: "${NOT_SET}" } }');
    const { stdout, stderr, status } = await runCli(['models', '--provider', 'own'], { place });
    expect({ stdout, status }).toEqual({ stdout: '', status: 69 });
    expect(stderr).toMatch(
      /^mom: no provider told its models: provider 'own' can't be asked: .*mom\.config\.yaml:1:56: providers\.own\.api_key needs the variable NOT_SET, which is not set\nhint: /,
    );
  });

  it('names every way to a key where nobody can be asked', async () => {
    // Servers that run on the machine of the test are not its business.
    const place = newHome('providers: { ollama: { needs_key: true }, lmstudio: { needs_key: true } }');
    const { stdout, stderr, status } = await runCli(['models'], { place });
    expect(stdout.split('\n')[0]).toMatch(/^mixture\tdefault\tfuse\t~openai\/gpt-latest,.*\tdefault\tno API key is set$/);
    expect(stderr).toMatch(/^mom: no API key is set\nhint: one of these ways:\n/);
    expect(status).toBe(77);
  });

  it('refuses a provider that is none', async () => {
    expect(await models(['--provider', 'opnrouter'], 'http://127.0.0.1:1/v1')).toMatchObject({
      stdout: '',
      stderr: expect.stringMatching(/^mom: there is no provider 'opnrouter'\nhint: did you mean 'openrouter'\?/),
      status: 2,
    });
  });
});

it('shows the sandbox’s models without a key or a network', async () => {
  const { stdout, stderr, status } = await runCli(['models', 'sandbox/echo', '--sandbox']);
  expect({ stdout, status }).toEqual({
    stdout: 'model\tsandbox/echo\t1\t2\t10000000\ttext,image\ttext\topenrouter\tsandbox/echo\n',
    status: 0,
  });
  expect(stderr).toBe('mom: sandbox: built-in simulated and recorded models, no network\n');
});

describe('on a terminal', () => {
  it('is a table with the date of the list, without control sequences of a provider', async () => {
    const { url } = await modelServer();
    const { screen } = await onTerminal('$MOM models acme', { env: { MOM_BASE_URL: url, NO_COLOR: '1' }, columns: 110 });
    const [head, titles, ...rows] = screen.trimEnd().split('\n');
    expect(head).toMatch(/^openrouter: 4 models, dollars per million tokens, list of \d{4}-\d\d-\d\d \d\d:\d\d UTC \(new\)$/);
    expect([titles, ...rows]).toEqual([
      'model                in     out  context  takes                            name',
      'acme/auto             ?       ?       2M  text, image                      Auto',
      'acme/gemma:free    free    free     131k  text, image                      Gemma (free)',
      'acme/gpt-9        $1.25  $10.00     400k  text, image                      Acme: GPT-9',
      'acme/painter     $0.075   $0.30      33k  text, image, file > text, image  Painter \u6f22\u5b57',
    ]);
  });

  it.each([20, 40, 60, 80])('fits %i columns', async (columns) => {
    const { url } = await modelServer();
    const { screen, status } = await onTerminal('$MOM models', { env: { MOM_BASE_URL: url, NO_COLOR: '1', OPENAI_API_KEY: '' }, columns });
    expect(screen.split('\n').filter((line) => stringWidth(line) > columns)).toEqual([]);
    expect(screen.replaceAll('\n', '')).toContain('acme/gemma:free');
    expect(status).toBe(0);
  });
});
