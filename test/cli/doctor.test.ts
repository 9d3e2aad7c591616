import { mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { beforeAll, describe, expect, it, onTestFinished } from 'vitest';
import { AREAS, type Area, type Check, type Verdict } from '../../src/app/doctor/check.js';
import type { LiveAnswer } from '../../src/app/doctor/live.js';
import { type CliOptions, newPlace, type Place, runCli, startCli } from '../support/cli.js';
import { type Answer, entry, modelServer, openrouter, sendJson } from '../support/model-server.js';
import { problems } from '../support/schema.js';

const KEY = 'key-of-this-test';

/** A user with this configuration, and with this project file in the working directory. */
function newHome(config?: string, project?: string): Place {
  const place = newPlace();
  onTestFinished(place.remove);
  mkdirSync(join(place.config, 'mom'));
  if (config !== undefined) writeFileSync(join(place.config, 'mom', 'mom.config.yaml'), config);
  if (project !== undefined) writeFileSync(join(place.cwd, 'mom.config.yaml'), project);
  return place;
}

interface Told {
  checks: Check[];
  live: LiveAnswer[] | null;
  status: number | null;
  stderr: string;
  stdout: string;
}

async function doctor(args: readonly string[], options: CliOptions = {}): Promise<Told> {
  const { stdout, stderr, status } = await runCli(['doctor', '--json', ...args], options);
  const value = JSON.parse(stdout);
  expect(problems('doctor', value)).toEqual([]);
  return { ...value, status, stderr, stdout };
}

/** Of a user whose default provider answers so. */
async function doctorWith(answer: Answer, config = MINE): Promise<Told> {
  const { url } = await modelServer(answer);
  return doctor([], { place: newHome(config), env: { MOM_BASE_URL: url, MOM_API_KEY: KEY } });
}

const MINE = 'mixture: mine\nmixtures: { mine: { proposers: [acme/gpt-9, acme/painter], critic: acme/gpt-9 } }\n';

function lines({ checks }: Told, area: Area, ...verdicts: Verdict[]): string[] {
  return checks.filter((check) => check.area === area && (verdicts.length === 0 || verdicts.includes(check.verdict))).map(told);
}

function told({ verdict, message, fix }: Check): string {
  return `${verdict}: ${message}${fix === null ? '' : ` -> ${fix}`}`;
}

const wrong = ({ checks }: Told) => checks.filter(({ verdict }) => verdict === 'fail').map(told);

it('publishes every area that there is', () => {
  const schema = JSON.parse(readFileSync(new URL('../../schemas/doctor.schema.json', import.meta.url), 'utf8'));
  expect(schema.$defs.check.properties.area.enum).toEqual(AREAS);
});

describe('when all is well', () => {
  let well: Told;
  beforeAll(async () => {
    const place = newPlace();
    try {
      well = await doctor(['--sandbox'], { place });
    } finally {
      place.remove();
    }
  });

  it('ends with 0, and says in a pipe that it was the sandbox', () => {
    expect(wrong(well)).toEqual([]);
    expect(well).toMatchObject({ status: 0, live: null, stderr: 'mom: sandbox: built-in simulated and recorded models, no network\n' });
  });

  it('tells of Node, database, files, models and prices', () => {
    expect(lines(well, 'installation')).toEqual([
      `ok: Node ${process.versions.node} on ${process.platform}-${process.arch}`,
      expect.stringMatching(/^ok: the database module works \(SQLite 3\.\d+\.\d+\)$/),
    ]);
    expect(lines(well, 'config')).toEqual([expect.stringMatching(/^ok: no file in force \(looked for .*\): the built-in configuration$/)]);
    expect(lines(well, 'mixture')[0]).toBe(
      "ok: mixture 'default' (the default one), fuse: ~openai/gpt-latest, ~anthropic/claude-sonnet-latest, ~google/gemini-pro-latest; merged by ~anthropic/claude-opus-latest, ~openai/gpt-latest",
    );
    expect(lines(well, 'model')).toEqual(['ok: 6 models of the mixtures are there']);
    expect(lines(well, 'price')).toEqual(['ok: prices are known of 6 of 6 models; no cap or budget needs more']);
    expect(lines(well, 'store')).toEqual(['ok: no run is kept yet']);
    expect(lines(well, 'folder')).toHaveLength(3);
    expect(lines(well, 'terminal')).toEqual(['ok: no terminal at stdin, stdout, stderr, no colours']);
  });
});

describe('keys', () => {
  it('are missing: every way to give one, once', async () => {
    const seen = await doctor([], { place: newHome() });
    expect(seen.status).toBe(69);
    const [line = '', ...rest] = lines(seen, 'mixture', 'fail', 'warn');
    expect(rest).toEqual([]);
    expect(line).toMatch(
      /^fail: mixtures 'default' \(the default one\), 'fast', 'best' can't be run: no API key is set -> one of these ways: /,
    );
    expect(line).toContain('set OPENROUTER_API_KEY (or OPENAI_API_KEY, ANTHROPIC_API_KEY, GEMINI_API_KEY)');
  });

  it('are accepted, with what is left and where they come from', async () => {
    expect(lines(await doctorWith(openrouter()), 'key')).toEqual([
      'ok: openrouter accepts the key from MOM_API_KEY; $4.20 left of its limit',
    ]);
  });

  it('are refused though anybody may read the list', async () => {
    const refuses: Answer = (req, res) => sendJson(res, 401, { error: { message: `No such key: ${req.headers.authorization}` } });
    const seen = await doctorWith(openrouter(undefined, refuses));
    expect(wrong(seen)).toEqual([
      'fail: openrouter refuses the key from MOM_API_KEY: No such key: Bearer [key] -> put a valid key into MOM_API_KEY; mom keys set openrouter keeps one that counts where nothing else is set',
    ]);
    expect(seen.status).toBe(69);
    expect(seen.stdout).not.toContain(KEY);
  });

  it('are refused with the list', async () => {
    const seen = await doctorWith((_req, res) => sendJson(res, 401, { error: { message: 'who are you?' } }));
    expect(wrong(seen)).toEqual([expect.stringMatching(/^fail: openrouter refuses the key from MOM_API_KEY: who are you\? -> /)]);
    expect(lines(seen, 'provider', 'fail', 'warn')).toEqual([]);
  });

  it('come from a command, which is not waited for as long as a question does', async () => {
    const { url } = await modelServer();
    const config = (command: string) => `${MINE}providers: { openrouter: { base_url: "${url}", api_key_cmd: ${command} } }`;
    const seen = await doctor([], { place: newHome(config(`[printf, ${KEY}]`)) });
    expect(lines(seen, 'key')).toEqual([
      expect.stringMatching(/^ok: openrouter accepts the key from api_key_cmd \(.*mom\.config\.yaml:3:\d+\); \$4\.20 left of its limit$/),
    ]);
    const slow = await doctor([], { place: newHome(config('[sleep, "60"]')) });
    expect(lines(slow, 'key')).toEqual([
      expect.stringMatching(
        /^warn: the command for the key of openrouter takes longer than 3 s: api_key_cmd \(.*\) -> run it by hand; a password manager may be locked$/,
      ),
    ]);
  });

  it('have nothing left', async () => {
    const empty: Answer = (_req, res) => sendJson(res, 200, { data: { limit: 5, limit_remaining: 0 } });
    expect(wrong(await doctorWith(openrouter(undefined, empty)))).toEqual([
      'fail: the limit of the key from MOM_API_KEY is used up at openrouter -> raise the limit of the key, or use another',
    ]);
  });

  it('stand in no line, whatever a provider says', async () => {
    const place = newHome(`${MINE}providers: { openrouter: { api_key: "${KEY}-\${REST}" } }`);
    const { url } = await modelServer((req, res) =>
      sendJson(res, 500, { error: { message: `${req.headers.authorization} in a sentence` } }),
    );
    const seen = await doctor([], { place, env: { MOM_BASE_URL: url, REST: 'of-a-secret' } });
    expect(wrong(seen)[0]).toContain('openrouter failed for its model list (500): Bearer [key] in a sentence');
    expect(seen.stdout).not.toContain('of-a-secret');
    expect(lines(seen, 'key')).toEqual([expect.stringMatching(/^ok: openrouter has a key, from .*mom\.config\.yaml:3:28$/)]);
  });
});

describe('a provider', () => {
  it('tells how many models it has', async () => {
    const [line] = lines(await doctorWith(openrouter()), 'provider', 'ok');
    expect(line).toMatch(/^ok: openrouter answers at 127\.0\.0\.1:\d+ in \d+ m?s: 4 models$/);
  });

  it('does not answer: a failure where the default mixture asks it, worth a look elsewhere', async () => {
    const config = `${MINE}providers: { own: { base_url: "http://127.0.0.1:1/v1" } }`;
    const seen = await doctor([], { place: newHome(config), env: { MOM_BASE_URL: 'http://127.0.0.1:1/v1', MOM_API_KEY: KEY } });
    const fix = 'check the network, the base URL and the proxy settings (HTTPS_PROXY, NO_PROXY, NODE_EXTRA_CA_CERTS)';
    const why = (name: string) =>
      `could not reach ${name} for its model list: nothing answers there (ECONNREFUSED); it is asked at 127.0.0.1:1 -> ${fix}`;
    expect(lines(seen, 'provider', 'fail', 'warn')).toEqual([`fail: ${why('openrouter')}`, `warn: ${why('own')}`]);
    expect(seen.status).toBe(69);
  });

  it('hangs: that is waited for 5 s', async () => {
    const seen = await doctorWith(() => undefined);
    expect(wrong(seen)).toEqual([
      expect.stringMatching(
        /^fail: openrouter did not answer within 5 s \(its model list\); it is asked at 127\.0\.0\.1:\d+ -> check the network/,
      ),
    ]);
  });

  it('sends HTML', async () => {
    const seen = await doctorWith((_req, res) => void res.writeHead(200, { 'content-type': 'text/html' }).end('<html>Welcome</html>'));
    expect(wrong(seen)).toEqual([
      expect.stringMatching(
        /^fail: openrouter sent something that is no model list; it is asked at .* -> check that base_url is that of an OpenAI-compatible API \(it usually ends in \/v1\)$/,
      ),
    ]);
  });

  it('is asked through the proxy', async () => {
    const env = { MOM_BASE_URL: 'http://models.invalid/v1', MOM_API_KEY: KEY, HTTP_PROXY: 'http://127.0.0.1:1' };
    const [line] = lines(await doctor([], { place: newHome(MINE), env }), 'provider', 'fail');
    expect(line).toContain('it is asked at models.invalid through the proxy 127.0.0.1:1');
  });

  it('that is configured and has no variable for its key takes nothing from the others', async () => {
    const config = `${MINE}providers: { own: { base_url: "http://127.0.0.1:1/v1", api_key: "\${NOT_SET}" } }`;
    const seen = await doctorWith(openrouter(), config);
    expect(lines(seen, 'provider', 'warn')).toEqual([
      expect.stringMatching(
        /^warn: provider 'own' can't be asked: .*mom\.config\.yaml:3:56: providers\.own\.api_key needs the variable NOT_SET, which is not set -> set the variable, or correct the configuration$/,
      ),
    ]);
    expect(seen.status).toBe(0);
  });
});

it('ends by a Ctrl-C while a provider hangs, without a word', async () => {
  let isAsked = () => {};
  const asked = new Promise<void>((resolve) => {
    isAsked = resolve;
  });
  const { url } = await modelServer(() => isAsked());
  const { child, done } = startCli(['doctor'], { place: newHome(MINE), env: { MOM_BASE_URL: url, MOM_API_KEY: KEY } });
  await asked;
  child.kill('SIGINT');
  expect(await done).toEqual({ stdout: '', stderr: '', status: null, signal: 'SIGINT' });
});

describe('configuration', () => {
  it('that is no YAML is a line with its place, and everything else is looked at without it', async () => {
    const { url } = await modelServer();
    const seen = await doctor([], { place: newHome('mixture: mine\n bad\n: :'), env: { MOM_BASE_URL: url, MOM_API_KEY: KEY } });
    expect(lines(seen, 'config')).toEqual([
      expect.stringMatching(
        /^fail: .*mom\.config\.yaml:3:3: Nested mappings are not allowed in compact mappings -> the file must be YAML or JSON; correct this place$/,
      ),
      'warn: everything below is without the user file',
      expect.stringContaining('no file in force'),
    ]);
    expect(lines(seen, 'key')).toHaveLength(1);
    expect(seen.status).toBe(69);
  });

  it('of a project that is not trusted is left out, the user’s own is not', async () => {
    const { url } = await modelServer();
    const project = 'providers: { openrouter: { base_url: "http://evil.invalid/v1" } }';
    const seen = await doctor([], { place: newHome(MINE, project), env: { MOM_BASE_URL: url, MOM_API_KEY: KEY } });
    expect(lines(seen, 'config')).toEqual([
      'fail: mom.config.yaml:1:28: providers.openrouter.base_url decides what is sent where, and this project file is not trusted -> read the file; if you trust it as it is, run `mom config trust`',
      'warn: everything below is without the project file',
      expect.stringMatching(/^ok: user file .*mom\.config\.yaml is valid$/),
    ]);
    expect(lines(seen, 'mixture')[0]).toContain("mixture 'mine' (the default one)");
  });

  it('tells both files when both are wrong', async () => {
    const place = newHome('mixturs: {}', 'providers: { openrouter: { base_url: "http://evil.invalid/v1" } }');
    expect(lines(await doctor([], { place }), 'config')).toEqual([
      expect.stringMatching(/^fail: .*mom\.config\.yaml:1:1: unknown option "mixturs" -> did you mean "mixture"\?/),
      expect.stringContaining('this project file is not trusted'),
      'warn: everything below is without the user and the project file',
      expect.stringContaining('no file in force'),
    ]);
  });

  it('is the file of --config where one is named', async () => {
    const place = newHome(MINE);
    writeFileSync(join(place.cwd, 'own.yaml'), 'mixture: own\nmixtures: { own: { strategy: single, single: acme/auto } }');
    const { url } = await modelServer();
    const seen = await doctor(['--config', 'own.yaml'], { place, env: { MOM_BASE_URL: url, MOM_API_KEY: KEY } });
    expect(lines(seen, 'config')).toEqual([expect.stringMatching(/^ok: .*own\.yaml is valid$/)]);
    expect(lines(seen, 'mixture')[0]).toBe("ok: mixture 'own' (the default one), single: acme/auto");
  });

  it('names the model of a mixture that asks only one', async () => {
    const { url } = await modelServer();
    const place = newHome('mixture: one\nmixtures: { one: { strategy: single, single: acme/auto } }');
    const seen = await doctor([], { place, env: { MOM_BASE_URL: url, MOM_API_KEY: KEY } });
    expect(lines(seen, 'mixture')[0]).toBe("ok: mixture 'one' (the default one), single: acme/auto");
  });

  it('names a default mixture that is none', async () => {
    const seen = await doctorWith(openrouter(), 'mixture: mien\nmixtures: { mine: { proposers: [acme/gpt-9] } }');
    expect(lines(seen, 'mixture', 'fail')).toEqual([
      expect.stringMatching(
        /^fail: mixture 'mien' \(the default one\) can't be run: .*there is no mixture 'mien' -> did you mean 'mine'\?/,
      ),
    ]);
  });

  it('is said to be trusted or not to need it', async () => {
    const seen = await doctor(['--sandbox'], { place: newHome(undefined, 'mixture: fast') });
    expect(lines(seen, 'config')).toEqual([
      expect.stringMatching(/^ok: project file .* is valid; not trusted, and sets nothing that needs it$/),
    ]);
  });
});

describe('models and prices', () => {
  it('that are not there are told with the nearest, which fails the default mixture', async () => {
    const config =
      'mixture: mine\nmixtures: { mine: { proposers: [acme/gpt-9], critic: acme/gtp-9 }, fast: { proposers: [acme/panter, acme/gpt-9] } }';
    const seen = await doctorWith(openrouter(), config);
    expect(lines(seen, 'model', 'fail', 'warn')).toEqual([
      'fail: openrouter has no model acme/gtp-9 -> did you mean acme/gpt-9?',
      'warn: openrouter has no model acme/panter -> did you mean acme/painter?',
    ]);
  });

  it('of unknown price under a cap keep the mixture from running', async () => {
    const config = 'mixture: mine\nmixtures: { mine: { proposers: [acme/auto, acme/gpt-9], critic: acme/gpt-9, max_cost: 0.5 } }';
    expect(wrong(await doctorWith(openrouter(), config))).toEqual([
      "fail: mixture 'mine' has to stay below a sum, but no price is known of acme/auto -> give it under pricing: in the config, or set allow_unknown_price: true",
    ]);
    expect(wrong(await doctorWith(openrouter(), `${config}\npricing: { acme/auto: { input: 1, output: 2 } }`))).toEqual([]);
  });

  it('have a budget, with what is left of it', async () => {
    const seen = await doctorWith(
      openrouter(),
      `${MINE}budget: { day: 2, month: 20 }\nserve: { keys: [{ name: lap, key: abcdefgh1234, budget: { day: 1 } }] }`,
    );
    expect(lines(seen, 'budget')).toEqual([
      'ok: $2.00 of $2.00 left for the day',
      'ok: $20.00 of $20.00 left for the month',
      'ok: $1.00 of $1.00 left for the lap day',
    ]);
  });
});

describe('this machine', () => {
  it('has no folder for what is kept', async () => {
    const place = newHome();
    writeFileSync(join(place.state, 'mom'), 'a file');
    const seen = await doctor(['--sandbox'], { place });
    expect(lines(seen, 'folder', 'fail')).toEqual([
      `fail: the state folder ${join(place.state, 'mom')} can't be made: ${join(place.state, 'mom')} is no folder -> make ${join(place.state, 'mom')} a folder that you can write to`,
    ]);
    expect(seen.status).toBe(69);
  });

  it('has a store that is damaged', async () => {
    const place = newHome();
    mkdirSync(join(place.state, 'mom'), { mode: 0o700 });
    writeFileSync(join(place.state, 'mom', 'mom.db'), 'this is no database, but long enough to be read as the head of one'.repeat(100), {
      mode: 0o600,
    });
    const seen = await doctor(['--sandbox'], { place });
    expect(lines(seen, 'store', 'fail')).toEqual([expect.stringMatching(/damaged.* -> /)]);
    expect(seen.status).toBe(69);
  });

  it('keeps runs, which are counted', async () => {
    const place = newHome();
    await runCli(['ask', '--sandbox', '-q', 'hello'], { place });
    expect(lines(await doctor(['--sandbox'], { place }), 'store')).toEqual([
      expect.stringMatching(/^ok: 1 runs? in .*mom\.db, [\d.]+ MB$/),
    ]);
  });

  it('has another program on the port of mom serve', async () => {
    const { port } = await modelServer();
    const [line] = lines(await doctor(['--sandbox'], { place: newHome(`serve: { port: ${port} }`) }), 'gateway');
    const owner = process.platform === 'linux' ? ` by .+ \\(process ${process.pid}\\)` : '';
    expect(line).toMatch(
      new RegExp(`^warn: 127\\.0\\.0\\.1:${port} is in use${owner} -> mom serve --port takes another one, so does serve\\.port$`),
    );
  });

  it('is open to others without a key', async () => {
    const seen = await doctor(['--sandbox'], { place: newHome('serve: { host: 0.0.0.0, port: 0 }') });
    expect(lines(seen, 'gateway')).toEqual([
      'ok: mom serve takes any free port',
      'warn: the gateway is to serve 0.0.0.0, and has no key -> set serve.keys, or start it with --auth and --allow-remote',
    ]);
  });

  it('lacks the variable of a key of the gateway', async () => {
    const seen = await doctor(['--sandbox'], { place: newHome('serve: { keys: ["${NOT_SET}"] }') });
    expect(lines(seen, 'gateway')).toEqual([
      expect.stringMatching(
        /^warn: .*mom\.config\.yaml:1:17: serve\.keys\[0\] needs the variable NOT_SET, which is not set -> set NOT_SET, /,
      ),
    ]);
    expect(seen.status).toBe(0);
  });
});

describe('--live', () => {
  it('asks each model of the default mixture once, and says the price before', async () => {
    const config =
      'mixture: mine\nmixtures: { mine: { proposers: ["sandbox/say=a,in=1,out=2", "sandbox/say=b"], critic: ["sandbox/say=b", "sandbox/critic"] } }';
    const seen = await doctor(['--sandbox', '--live'], { place: newHome(config) });
    expect(seen.stderr).toMatch(/\nmom: asking 3 models one short question, for at most \$0\.\d+\n$/);
    expect(seen.live).toMatchObject([
      { id: 'sandbox/say=a,in=1,out=2', error: null, cost_source: 'reported' },
      { id: 'sandbox/say=b', error: null },
      { id: 'sandbox/critic', error: null },
    ]);
    for (const answer of seen.live ?? []) {
      expect(answer.first_token_ms).toBeGreaterThanOrEqual(0);
      expect(answer.duration_ms).toBeGreaterThanOrEqual(answer.first_token_ms ?? 0);
      expect(answer.cost_usd).toBeGreaterThan(0);
    }
    expect(seen.status).toBe(0);
  });

  it('takes a model that only had time to think for one that answers', async () => {
    const seen = await doctor(['--sandbox', '--live'], {
      place: newHome('mixtures: { default: { proposers: ["sandbox/empty"], critic: "sandbox/empty" } }'),
    });
    expect(seen.live).toMatchObject([{ id: 'sandbox/empty', error: null }]);
  });

  it.each([
    ['keeps its questions in the history, not as a conversation', '', [{ door: 'doctor', mixture: 'default', models: ['sandbox/say=a'] }]],
    ['keeps none where nothing is kept', 'log: false\n', []],
  ])('%s', async (_what, option, runs) => {
    const place = newHome(`${option}mixtures: { default: { proposers: [sandbox/say=a], critic: sandbox/say=a } }`);
    await runCli(['doctor', '--sandbox', '--live'], { place });
    expect(JSON.parse((await runCli(['logs', '--json'], { place })).stdout)).toMatchObject({ runs });
    expect((await runCli(['ask', '--sandbox', '-c', 'more'], { place })).status).toBe(66);
  });

  it('tells the reason and what to do of one that fails', async () => {
    const place = newHome('mixtures: { default: { proposers: [sandbox/say=a, sandbox/e429=1], critic: sandbox/say=a } }');
    const { stdout, status } = await runCli(['doctor', '--sandbox', '--live'], { place });
    expect(stdout).toMatch(/^ok {4}sandbox\/say=a answered in \d+ m?s, first token after \d+ m?s, \$0\.\d+ reported$/m);
    expect(stdout).toMatch(
      /^fail {2}sandbox\/e429=1 did not answer: openrouter failed for sandbox\/e429=1 \(429\): .+\n {6}fix: wait a little, or use fewer models at once$/m,
    );
    expect(stdout).toMatch(/\n\n1 to mend\n$/);
    expect(status).toBe(69);
  });

  it('stays within the cap and the budgets', async () => {
    const mixture = 'mixtures: { default: { proposers: ["sandbox/say=a,out=1000"], critic: sandbox/say=b, max_cost: 0.001 } }';
    const capped = await doctor(['--sandbox', '--live'], { place: newHome(mixture) });
    expect(capped.live?.map(({ error }) => error?.code)).toEqual(['cost_cap', 'cost_cap']);
    const spent = await doctor(['--sandbox', '--live'], {
      place: newHome(`${mixture.replace(', max_cost: 0.001', '')}\nbudget: { day: 0.001 }`),
    });
    expect(spent.live?.[0]?.error).toMatchObject({
      code: 'cost_cap',
      message: expect.stringContaining('left of the budget of $0.001 a day'),
    });
  });
});

it('looks at a list in which nothing is wrong but a free model', async () => {
  const seen = await doctorWith(openrouter([entry('acme/gpt-9'), entry('acme/painter', { pricing: { prompt: '0', completion: '0' } })]));
  expect(wrong(seen)).toEqual([]);
});
