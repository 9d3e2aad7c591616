import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, it, onTestFinished } from 'vitest';
import { newPlace, type Place, runCli } from '../support/cli.js';
import { chat, startServer } from '../support/serve-cli.js';
import { ownConfig, startKeyed } from './keys-support.js';

/** Keys that mom keeps or gets from a command; no byte of them may stand anywhere but in the file of keys. */
const KEPT = 'cnry-kept-Zq7Wm3Xc9Vb1Nl5Kj';
const COMMANDED = 'cnry-comm-Hg4Fd8Sa2Po6Iu0Yt';
const SERVE = 'cnry-srve-Rr5Ee1Ww9Qq7Aa3Zz';
const KEYS = { KEPT, COMMANDED, SERVE };

function filesOf(place: Place): Record<string, string> {
  const paths = readdirSync(place.root, { recursive: true, withFileTypes: true })
    .filter((entry) => entry.isFile())
    .map((entry) => join(entry.parentPath, entry.name));
  return Object.fromEntries(paths.map((path) => [path, readFileSync(path, 'latin1')]));
}

/** Command lines and environments of all processes that may be looked at. */
function processes(): string {
  const read = (path: string) => {
    try {
      return readFileSync(path, 'latin1');
    } catch {
      return '';
    }
  };
  if (process.platform !== 'linux') return '';
  const own = readdirSync('/proc').filter((name) => /^\d+$/.test(name));
  return own.map((pid) => read(`/proc/${pid}/cmdline`) + read(`/proc/${pid}/environ`)).join('\n');
}

it('keys from the file and from a command are in no output, record, list of processes or other file', { timeout: 60_000 }, async () => {
  const place = newPlace();
  onTestFinished(place.remove);
  const up = await startKeyed();
  const encoded = Buffer.from(COMMANDED).toString('base64');
  const config = ownConfig(place, {
    retries: 0,
    cache: { ttl: '1h' },
    providers: {
      kept: { base_url: up.url, needs_key: true },
      comm: { base_url: up.url, needs_key: true, api_key_cmd: [process.execPath, '-e', `console.log(atob('${encoded}'))`] },
    },
    mixture: 'm',
    mixtures: { m: { proposers: ['kept:a', 'kept:b'], critic: 'kept:c' }, n: { proposers: ['kept:a', 'comm:b'], critic: 'comm:c' } },
  });
  const places: Record<string, string> = {};
  const mom = async (args: string[], stdin = '') => {
    const result = await runCli(args, { place, stdin });
    places[`mom ${args.join(' ')}`] = result.stdout + result.stderr;
    return result;
  };
  await mom(['keys', 'set', 'kept', '--config', config], KEPT);
  await mom(['keys', 'set', 'serve'], SERVE);

  const server = await startServer(['--config', config, '--debug-requests', '--auth'], { place });
  const ask = async (body: object) => {
    const response = await chat(server.url, { ...body }, { authorization: `Bearer ${SERVE}` });
    places[`answer ${JSON.stringify(body)}`] = `${JSON.stringify([...response.headers])}${await response.text()}`;
    return response.status;
  };
  for (const model of ['mom', 'mom/n', 'kept:x', 'comm:x']) {
    for (const stream of [true, false]) expect(await ask({ model, stream })).toBe(200);
  }
  // A client that names a key gets back what it has said; the log and the records do not tell it.
  const named = await chat(server.url, { model: `comm:${COMMANDED}` }, { authorization: `Bearer ${SERVE}` });
  expect(named.status).toBe(200);
  places.processes = processes();
  Object.assign(places, await server.stop());
  for (const args of [['--mixture', 'n'], ['-m', 'comm:x', '-v'], ['--mixture', 'n', '--json', '--debug-requests'], ['-n']])
    await mom(['ask', '--config', config, ...args, 'hi']);
  for (const args of [
    ['keys', 'list'],
    ['keys', 'list', '--json'],
    ['config', 'show', '--origin'],
    ['config', 'validate'],
  ])
    await mom([...args, '--config', config]);

  const {
    [join(place.config, 'mom', 'keys.json')]: keysFile,
    [join(place.state, 'mom', 'serve-key')]: serveKey,
    ...files
  } = filesOf(place);
  expect(keysFile).toContain(KEPT);
  expect(serveKey).toContain(SERVE);
  expect(new Set(up.shown)).toEqual(new Set([KEPT, COMMANDED]));
  expect(Object.keys(files).some((path) => path.includes('debug-requests'))).toBe(true);
  expect(Object.keys(files).some((path) => path.includes(join('mom', 'runs')) || path.endsWith('mom.db'))).toBe(true);
  const { [config]: _, ...written } = files;
  const leaks = Object.entries({ ...places, ...written }).flatMap(([where, text]) =>
    Object.entries(KEYS).flatMap(([name, key]) =>
      [key, Buffer.from(key).toString('base64').slice(0, -4)].flatMap((form) => {
        const at = String(text).indexOf(form);
        return at < 0 ? [] : [`${name} in ${where}: ${String(text).slice(Math.max(0, at - 80), at + form.length + 20)}`];
      }),
    ),
  );
  expect(leaks).toEqual([]);
});
