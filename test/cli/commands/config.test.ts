import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { PassThrough, Readable, Writable } from 'node:stream';
import { describe, expect, it } from 'vitest';
import { type ConfigAction, type ConfigOptions, run } from '../../../src/cli/commands/config.js';
import { run as init } from '../../../src/cli/commands/init.js';
import { changeKeys, keysFile } from '../../../src/config/keys/key-store.js';
import { makeWorkspace, PROJECT, USER } from '../../config/workspace.js';

function collect() {
  let text = '';
  const stream = new Writable({
    write(chunk, _encoding, done) {
      text += String(chunk);
      done();
    },
  });
  return { stream, text: () => text };
}

async function config(
  space: ReturnType<typeof makeWorkspace>,
  action: ConfigAction,
  options: ConfigOptions = {},
  env: Record<string, string> = {},
) {
  const stdout = collect();
  const stderr = collect();
  const status = await run(action, options, { env, cwd: space.cwd, home: space.home, stdout: stdout.stream, stderr: stderr.stream });
  return { status, out: stdout.text(), err: stderr.text() };
}

describe('mom config', () => {
  it('show hides secrets and tells where each value comes from', async () => {
    const space = makeWorkspace({
      [USER]: 'providers:\n  openai: { api_key: sk-abcdefghijkl, headers: { x-auth: hunter22 } }\n  google: { api_key: "${G}" }\n',
    });
    const env = { MOM_API_KEY: 'sk-or-secret-1234' };
    const all = [
      await config(space, 'show', {}, env),
      await config(space, 'show', { json: true }, env),
      await config(space, 'show', { origin: true }, env),
    ];
    for (const { out } of all) expect(out).not.toMatch(/abcdefghijkl|hunter22|secret-1234/);
    expect(JSON.parse(all[1]!.out).providers).toMatchObject({
      openai: { api_key: '***', headers: { 'x-auth': '***' } },
      google: { api_key: '${G}' },
      openrouter: { api_key: '***' },
    });
    expect(all[2]!.out).toContain('providers.openrouter.api_key: ***  # MOM_API_KEY\n');
    expect(all[2]!.out).toContain('grace: auto  # built-in\n');
  });

  it('where names the files that count and the places of the others', async () => {
    const space = makeWorkspace({ [PROJECT]: 'mixture: fast\n' });
    expect((await config(space, 'where')).out).toBe(
      `project: ${join(space.cwd, 'mom.config.yaml')}\nuser: none (looked for ${join(space.home, '.config/mom')})\n`,
    );
    expect(JSON.parse((await config(space, 'where', { json: true })).out).files).toEqual([
      { kind: 'project', path: join(space.cwd, 'mom.config.yaml') },
    ]);
  });

  it('validate also finds what only shows in the whole', async () => {
    const space = makeWorkspace({ [PROJECT]: 'mixtures:\n  default: { quorum: 5 }\n' });
    await expect(config(space, 'validate')).rejects.toMatchObject({
      code: 'config_invalid',
      message: expect.stringContaining('quorum 5 is more than the 3 proposers'),
    });
    const answer = await config(space, 'validate', { json: true });
    expect([answer.status, JSON.parse(answer.out).valid]).toEqual([78, false]);
    space.write(PROJECT, 'mixture: fsat\n');
    await expect(config(space, 'validate')).rejects.toMatchObject({
      code: 'config_invalid',
      message: "mom.config.yaml:1:1: there is no mixture 'fsat'",
      hint: expect.stringMatching(/^did you mean 'fast'\?/),
    });
    space.write(PROJECT, 'serve: { side_requests: [{ name: title, system: a title, model: mom:sinlge }] }\n');
    await expect(config(space, 'validate')).rejects.toMatchObject({
      code: 'config_invalid',
      message: "mom.config.yaml:1:58: serve.side_requests[0].model: there is no model 'mom:sinlge'",
      hint: expect.stringMatching(/^did you mean 'mom:single'\?/),
    });
    space.write(PROJECT, 'mixture: fast\n');
    expect(await config(space, 'validate')).toEqual({ status: 0, out: `${join(space.cwd, 'mom.config.yaml')}: valid\n`, err: '' });
  });

  it('trust lets a project file through until --revoke', async () => {
    const space = makeWorkspace({ [PROJECT]: 'max_cost: 7\n' });
    const path = join(space.cwd, 'mom.config.yaml');
    await expect(config(space, 'show')).rejects.toMatchObject({ code: 'config_untrusted' });
    expect((await config(space, 'trust')).out).toBe(`trusted as it is now: ${path}\n`);
    expect((await config(space, 'show')).out).toContain('max_cost: 7');
    expect((await config(space, 'trust', { revoke: true })).out).toBe(`no longer trusted: ${path}\n`);
    await expect(config(space, 'show')).rejects.toMatchObject({ code: 'config_untrusted' });
  });

  it('schema prints JSON Schema', async () => {
    expect(JSON.parse((await config(makeWorkspace(), 'schema')).out)).toMatchObject({ type: 'object', additionalProperties: false });
  });
});

describe('mom init', () => {
  const start = (
    space: ReturnType<typeof makeWorkspace>,
    options: Parameters<typeof init>[0],
    extra: { stdin?: Readable & { isTTY?: boolean }; env?: Record<string, string> } = {},
  ) => {
    const stdout = collect();
    const stderr = Object.assign(collect().stream, extra.stdin ? { isTTY: true } : {});
    const done = init(options, {
      env: extra.env ?? {},
      cwd: space.cwd,
      home: space.home,
      stdin: extra.stdin ?? Readable.from([]),
      stdout: stdout.stream,
      stderr,
    });
    return { done, out: stdout.text };
  };

  it('asks nothing in a pipe, holds no key, and never overwrites without --force', async () => {
    const space = makeWorkspace();
    const path = join(space.home, '.config/mom/mom.config.yaml');
    const first = start(space, {}, { env: { OPENAI_API_KEY: 'sk-very-secret' } });
    expect([await first.done, first.out()]).toEqual([0, `wrote ${path}\n`]);
    expect(readFileSync(path, 'utf8')).toContain('\n  openai: { api_key: "${OPENAI_API_KEY}" }\n');
    expect(readFileSync(path, 'utf8')).not.toContain('sk-very-secret');
    await expect(start(space, {}).done).rejects.toMatchObject({
      code: 'usage',
      message: `${path} exists already`,
      hint: '--force replaces it',
    });
    const again = start(space, { force: true });
    expect([await again.done, again.out()]).toEqual([0, `wrote ${path}\nnext: mom keys set openrouter\n`]);
    await changeKeys(keysFile({}, space.home), (keys) => keys.set('openai', { key: 'k', address: 'https://api.openai.com' }));
    const kept = start(space, { force: true });
    expect([await kept.done, kept.out()]).toEqual([0, `wrote ${path}\n`]);
  });

  it('writes a project file on request', async () => {
    const space = makeWorkspace();
    await start(space, { project: true }).done;
    expect([existsSync(join(space.cwd, 'mom.config.yaml')), (await space.load()).files.length]).toEqual([true, 1]);
  });

  it('asks on a terminal which providers have keys', async () => {
    const space = makeWorkspace();
    const stdin = Object.assign(new PassThrough(), { isTTY: true });
    stdin.write('y\nn\nn\ny\n');
    const asked = start(space, {}, { stdin, env: { OPENAI_API_KEY: 'k' } });
    await asked.done;
    const path = join(space.home, '.config/mom/mom.config.yaml');
    expect(asked.out()).toBe(`wrote ${path}\nnext: mom keys set openrouter\nnext: mom keys set google\n`);
    const text = readFileSync(join(space.home, '.config/mom/mom.config.yaml'), 'utf8');
    expect([/^ {2}openrouter:/m.test(text), /^ {2}openai:/m.test(text), /^ {2}google:/m.test(text)]).toEqual([true, false, true]);
  });

  it('writes nothing when the questions are cut short', async () => {
    const space = makeWorkspace();
    const stdin = Object.assign(new PassThrough(), { isTTY: true });
    stdin.end('y\n');
    await expect(start(space, {}, { stdin }).done).rejects.toMatchObject({ code: 'cancelled' });
    expect(existsSync(join(space.home, '.config'))).toBe(false);
  });
});
