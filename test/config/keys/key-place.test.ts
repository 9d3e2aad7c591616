import { mkdirSync, readFileSync, symlinkSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { trust, trustFile } from '../../../src/config/files/trust.js';
import { KeyRing } from '../../../src/config/keys/key-ring.js';
import { changeKeys, keysFile } from '../../../src/config/keys/key-store.js';
import { unlockKeys, unlockMixture } from '../../../src/config/keys/unlock.js';
import { resolveMixture } from '../../../src/config/mixture/resolve.js';
import { hasKey, isUsable, requireKey, resolveProvider } from '../../../src/config/providers/provider.js';
import { makeWorkspace, PROJECT, USER } from '../workspace.js';

const NODE = process.execPath;
const OR = 'https://openrouter.ai';
type Workspace = ReturnType<typeof makeWorkspace>;

const keep = (space: Workspace, name: string, key: string, address: string) =>
  changeKeys(keysFile({}, space.home), (keys) => keys.set(name, { key, address }));

/** A command that prints `key`, and one line into `calls` of its folder for every time it is run. */
const printing = (key: string) => `api_key_cmd: [${NODE}, -e, "require('fs').appendFileSync('calls', '${key} '); console.log('${key}')"]`;

async function placeOf(
  space: Workspace,
  name: string,
  env: Record<string, string> = {},
  overrides: { path: string; value: unknown }[] = [],
) {
  const config = await space.load(env, { overrides: overrides.map((each) => ({ ...each, flag: '--set' })) });
  const { keyPlace } = resolveProvider(config, name);
  return [keyPlace.from, keyPlace.label, keyPlace.key];
}

describe('the key of a provider', () => {
  it('comes from the heaviest place: flag, MOM_API_KEY, file, the variable of the host, the key that mom keeps', async () => {
    const space = makeWorkspace({ [USER]: 'providers: { openrouter: { api_key: from-file } }' });
    await keep(space, 'openrouter', 'kept', OR);
    const all = { MOM_API_KEY: 'from-mom-variable', OPENROUTER_API_KEY: 'from-variable' };
    const flag = { path: 'providers.openrouter.api_key', value: 'from-flag' };
    expect(await placeOf(space, 'openrouter', all, [flag])).toEqual(['config', '--set providers.openrouter.api_key', 'from-flag']);
    expect(await placeOf(space, 'openrouter', all)).toEqual(['environment', 'MOM_API_KEY', 'from-mom-variable']);
    const { OPENROUTER_API_KEY } = all;
    const user = join(space.root, USER);
    expect(await placeOf(space, 'openrouter', { OPENROUTER_API_KEY })).toEqual(['config', `${user}:1:28`, 'from-file']);
    space.write(USER, '');
    expect(await placeOf(space, 'openrouter', { OPENROUTER_API_KEY })).toEqual(['environment', 'OPENROUTER_API_KEY', 'from-variable']);
    expect(await placeOf(space, 'openrouter')).toEqual(['file', keysFile({}, space.home), 'kept']);
    expect(await placeOf(space, 'openai')).toEqual([null, null, null]);
  });

  it('of a command has the weight of the place where the command stands', async () => {
    const space = makeWorkspace({ [USER]: `providers: { openrouter: { ${printing('k')} } }` });
    const env = { OPENROUTER_API_KEY: 'from-variable' };
    expect((await placeOf(space, 'openrouter', env)).slice(0, 1)).toEqual(['command']);
    expect((await placeOf(space, 'openrouter', { ...env, MOM_API_KEY: 'x' }))[1]).toBe('MOM_API_KEY');
    expect((await placeOf(space, 'openrouter', { ...env, MOM_API_KEY: ' ' }))[0]).toBe('command');
    const project = 'providers: { openrouter: { api_key: of-the-project } }';
    const file = space.write(PROJECT, project);
    trust(trustFile({}, space.home), file, project);
    expect((await placeOf(space, 'openrouter', env))[2]).toBe('of-the-project');
  });

  it('has one way in one place', async () => {
    const text = 'providers:\n  work:\n    base_url: https://w.example/v1\n    api_key: a\n    api_key_cmd: [b]\n';
    const space = makeWorkspace({ [USER]: text });
    await expect(space.load()).rejects.toMatchObject({
      code: 'config_invalid',
      message: `${join(space.root, USER)}:2:3: providers.work must be a provider with either api_key or api_key_cmd`,
    });
    space.write(USER, '');
    const both = [
      { path: 'providers.openai.api_key', value: 'a' },
      { path: 'providers.openai.api_key_cmd', value: ['b'] },
    ];
    await expect(placeOf(space, 'openai', {}, both)).rejects.toMatchObject({
      code: 'config_invalid',
      message: "--set providers.openai.api_key_cmd: provider 'openai' has both api_key and api_key_cmd",
      hint: 'leave one of them out',
    });
  });

  it('that mom keeps is sent to its own address only', async () => {
    const space = makeWorkspace({ [USER]: 'providers: { work: { base_url: "http://127.0.0.1:4000/v1", needs_key: true } }' });
    await keep(space, 'openrouter', 'kept', OR);
    await keep(space, 'work', 'kept-too', 'http://127.0.0.1:4000');
    const at = async (url: string) => resolveProvider(await space.load({ MOM_BASE_URL: url }), 'openrouter').apiKey;
    expect(await at('https://openrouter.ai/other/path')).toBe('kept');
    expect(await at('https://OpenRouter.ai:443/api/v1')).toBe('kept');
    for (const url of [
      'http://openrouter.ai/api/v1',
      'https://openrouter.ai:8443/v1',
      'https://eu.openrouter.ai/v1',
      'https://openrouter.ai.example/v1',
    ])
      expect(await at(url), url).toBeNull();
    expect(await placeOf(space, 'work')).toEqual(['file', keysFile({}, space.home), 'kept-too']);

    const elsewhere = await space.load({ MOM_BASE_URL: 'https://api.openai.com/v1' });
    const refusal = {
      code: 'key_missing',
      message: "provider 'openrouter' has no API key for https://api.openai.com: the one that mom keeps is for https://openrouter.ai only",
      hint: 'run `mom keys set openrouter` with the key for https://api.openai.com, or change the address, which comes from MOM_BASE_URL',
    };
    expect(() => requireKey(elsewhere, resolveProvider(elsewhere, 'openrouter'))).toThrow(expect.objectContaining(refusal));
    await expect(resolveMixture(elsewhere, {}, async () => [])).rejects.toMatchObject(refusal);
    await expect(resolveMixture(elsewhere, { models: ['openrouter:x'] }, async () => [])).rejects.toMatchObject(refusal);
  });

  it('that mom keeps counts where the variable of the host is named but not set; another variable is not replaced', async () => {
    const space = makeWorkspace({
      [USER]: 'providers:\n  openrouter: { api_key: "${OPENROUTER_API_KEY}" }\n  openai: { api_key: "${WORK}" }\n',
    });
    const refusal = (name: string, place: string, variable: string, hint: string) => ({
      code: 'key_missing',
      message: `${join(space.root, USER)}:${place}: providers.${name}.api_key needs the variable ${variable}, which is not set`,
      hint,
    });
    await expect(placeOf(space, 'openrouter')).rejects.toMatchObject(
      refusal('openrouter', '2:17', 'OPENROUTER_API_KEY', 'set OPENROUTER_API_KEY, or run `mom keys set openrouter`'),
    );
    await keep(space, 'openrouter', 'kept', OR);
    await keep(space, 'openai', 'kept', 'https://api.openai.com');
    expect((await placeOf(space, 'openrouter'))[0]).toBe('file');
    await expect(placeOf(space, 'openai', { OPENAI_API_KEY: 'own' })).rejects.toMatchObject(
      refusal('openai', '3:13', 'WORK', 'set WORK, or write ${WORK:-default}'),
    );
  });

  it('makes the default mixture, as one in the environment does', async () => {
    const space = makeWorkspace();
    await keep(space, 'anthropic', 'kept', 'https://api.anthropic.com');
    const { mixture } = await space.resolve({}, {});
    expect(new Set(mixture.proposers.map(({ provider }) => provider))).toEqual(new Set(['anthropic']));
  });
});

describe('a file of keys that cannot be used', () => {
  it('stops those who need a key from it, and nobody else', async () => {
    const space = makeWorkspace();
    const file = keysFile({}, space.home);
    mkdirSync(dirname(file), { recursive: true });
    symlinkSync('/etc/hostname', file);
    const message = `the file of keys ${file} is not used: it is a link`;
    const config = await space.load({ OPENAI_API_KEY: 'own' });
    expect(resolveProvider(config, 'openai').apiKey).toBe('own');
    expect(config.keyRing.warnings).toEqual([]);
    expect(isUsable(resolveProvider(config, 'ollama'))).toBe(true);
    expect(config.keyRing.warnings).toEqual([{ code: 'keys_unusable', message }]);
    await expect(resolveMixture(config, { models: ['google:g'] }, async () => [])).rejects.toMatchObject({
      code: 'config_invalid',
      message,
    });
    await expect(resolveMixture(await space.load(), {}, async () => [])).rejects.toMatchObject({ code: 'config_invalid', message });
  });
});

describe('key commands', () => {
  it('are run when a key is needed, each once, in the folder of their file', async () => {
    const space = makeWorkspace({
      [USER]: `providers:\n  one: { base_url: https://one.example/v1, ${printing('k-one')} }\n  two: { base_url: https://two.example/v1, ${printing('k-two')} }\n`,
    });
    const config = await space.load();
    const [one, two] = [resolveProvider(config, 'one'), resolveProvider(config, 'two')];
    expect([one.apiKey, hasKey(one), isUsable(one)]).toEqual([null, true, true]);
    await Promise.all([unlockKeys(config, [one]), unlockKeys(config, [one])]);
    await unlockKeys(config, [resolveProvider(config, 'one')]);
    expect([one.apiKey, resolveProvider(config, 'one').apiKey, two.apiKey]).toEqual(['k-one', 'k-one', null]);
    expect(config.keyRing.secrets).toEqual(['k-one']);
    expect(readFileSync(join(dirname(join(space.root, USER)), 'calls'), 'utf8')).toBe('k-one ');
  });

  it('run at the same time', async () => {
    // Each ends when it sees the other's mark.
    const meet = (own: string, other: string) =>
      `api_key_cmd: [sh, -c, "touch ${own}; while ! test -e ${other}; do sleep 0.02; done; echo k-${own}"]`;
    const space = makeWorkspace({
      [USER]: `providers:\n  one: { base_url: https://one.example/v1, ${meet('a', 'b')} }\n  two: { base_url: https://two.example/v1, ${meet('b', 'a')} }\n`,
    });
    const config = await space.load({ PATH: process.env.PATH ?? '' });
    const providers = ['one', 'two'].map((name) => resolveProvider(config, name));
    await unlockKeys(config, providers);
    expect(providers.map(({ apiKey }) => apiKey)).toEqual(['k-a', 'k-b']);
  });

  it('that failed are not run again at once, and a provider that only the cache uses stops no run', async () => {
    const failing = `api_key_cmd: [${NODE}, -e, "require('fs').appendFileSync('calls', 'x'); process.exit(4)"]`;
    const space = makeWorkspace({
      [USER]: `cache: { semantic: { model: "work:e" } }\nproviders:\n  work: { base_url: https://w.example/v1, ${failing} }\n`,
    });
    const config = await space.load({ OPENROUTER_API_KEY: 'k' });
    const failure = { code: 'key_missing', message: `provider 'work' has no API key: its api_key_cmd, ${NODE}, ended with status 4` };
    for (let time = 0; time < 3; time++) await expect(unlockKeys(config, [resolveProvider(config, 'work')])).rejects.toMatchObject(failure);
    expect(readFileSync(join(dirname(join(space.root, USER)), 'calls'), 'utf8')).toBe('x');
    await unlockMixture(config, await resolveMixture(config, { models: ['a/b'] }, async () => []));
    const uses = await resolveMixture(config, { models: ['work:m'] }, async () => []);
    await expect(unlockMixture(config, uses)).rejects.toMatchObject(failure);
  });

  it('see no key of the environment, but all else of it', async () => {
    const names = ['OPENROUTER_API_KEY', 'GEMINI_API_KEY', 'MOM_API_KEY', 'MOM_SERVE_KEY', 'MINE', 'DOOR', 'BW_SESSION'];
    const space = makeWorkspace({
      [USER]: [
        'providers:',
        '  other: { base_url: https://o.example/v1, api_key: "${MINE}" }',
        `  work: { base_url: https://w.example/v1, api_key_cmd: [${NODE}, -e, "console.log(Object.keys(process.env).filter((n) => '${names}'.split(',').includes(n)).join())"] }`,
        'serve: { keys: ["${DOOR}"] }',
      ].join('\n'),
    });
    const config = await space.load(Object.fromEntries(names.map((name) => [name, 'value-of-it'])));
    const work = resolveProvider(config, 'work');
    await unlockKeys(config, [work]);
    expect(work.apiKey).toBe('BW_SESSION');
  });

  it('of a project file are run when it is trusted, never before', async () => {
    const text = `providers: { openrouter: { ${printing('k')} } }`;
    const space = makeWorkspace({ [PROJECT]: text });
    await expect(space.load()).rejects.toMatchObject({
      code: 'config_untrusted',
      message: 'mom.config.yaml:1:28: providers.openrouter.api_key_cmd decides what is sent where, and this project file is not trusted',
      hint: 'read the file; if you trust it as it is, run `mom config trust`',
    });
    trust(trustFile({}, space.home), join(space.root, PROJECT), text);
    const config = await space.load();
    const provider = resolveProvider(config, 'openrouter');
    await unlockKeys(config, [provider]);
    expect(provider.apiKey).toBe('k');
    writeFileSync(join(space.root, PROJECT), `${text}\n`);
    await expect(space.load()).rejects.toMatchObject({ code: 'config_untrusted' });
  });
});

it('a ring tells each key that a command prints', async () => {
  const ring = new KeyRing('/nowhere/keys.json');
  const told: string[] = [];
  ring.onKey = (key) => told.push(key);
  const command = { program: 'echo', args: ['sk-1'], cwd: '/', env: { PATH: process.env.PATH } };
  expect(await ring.run('work', command)).toBe('sk-1');
  await ring.run('work', command);
  expect(told).toEqual(['sk-1']);
});
