import { chmodSync, mkdirSync, readdirSync, readFileSync, rmSync, statSync, symlinkSync, watch, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { beforeEach, describe, expect, it, onTestFinished } from 'vitest';
import { newPlace, type Place, runCli } from '../support/cli.js';
import { withoutIds } from '../support/kept-run.js';
import { onTerminal } from '../support/terminal.js';

const ASK = ['ask', '--sandbox', '-q', 'what is it?', '-m', 'sandbox/say=it%20is%20a%20page'];
const LOUD = ASK.filter((word) => word !== '-q');
const SANDBOX_LINE = 'mom: sandbox: built-in simulated and recorded models, no network\n';

let place: Place;
beforeEach(() => {
  const { remove, ...made } = newPlace();
  place = made;
  onTestFinished(remove);
});

const pages = () => join(place.state, 'mom', 'pages');
const pageFiles = () => readdirSync(pages()).sort();
const onlyPage = () => join(pages(), pageFiles()[0] ?? '');

/** A program that writes down what it was given, in a folder that stands first in the PATH. */
function program(name: string): { path: string; env: Record<string, string>; given(): Promise<string> } {
  const bin = join(place.root, 'bin');
  const told = join(place.root, 'told');
  for (const dir of [bin, told]) mkdirSync(dir, { recursive: true });
  const path = join(bin, name);
  writeFileSync(path, `#!/bin/sh\nprintf '%s\\n' ${name} "$@" > "${told}/draft"\nmv "${told}/draft" "${told}/given"\n`);
  chmodSync(path, 0o755);
  const given = () =>
    new Promise<string>((resolve) => {
      const look = () => readdirSync(told).includes('given') && resolve(readFileSync(join(told, 'given'), 'utf8'));
      const watcher = watch(told, look);
      onTestFinished(() => watcher.close());
      look();
    });
  return { path, env: { PATH: `${bin}:${place.env.PATH}` }, given };
}

describe('mom ask --open', () => {
  it('opens the page in $BROWSER, which nobody waits for, and says nothing off a terminal', async () => {
    const { path, given } = program('viewer');
    const asked = await runCli([...ASK, '--open'], { place, env: { BROWSER: `${path} --new-window` } });
    expect(asked).toMatchObject({ stdout: 'it is a page\n', stderr: '', status: 0 });
    expect(await given()).toBe(`viewer\n--new-window\nfile://${onlyPage()}\n`);
    expect(readFileSync(onlyPage(), 'utf8')).toContain('it is a page');
    expect([statSync(onlyPage()).mode & 0o777, statSync(pages()).mode & 0o777]).toEqual([0o600, 0o700]);
  });

  it.each([
    ['%s', (file: string) => `viewer\n-u\nfile://${file}\n-x\n`, 'BIN -u %s -x'],
    ['several, of which the first is missing', (file: string) => `viewer\nfile://${file}\n`, 'mom-no-such-browser:BIN'],
  ])('reads $BROWSER with %s', async (_, wanted, browser) => {
    const { path, given } = program('viewer');
    await runCli([...ASK, '--open'], { place, env: { BROWSER: browser.replace('BIN', path) } });
    expect(await given()).toBe(wanted(onlyPage()));
  });

  it('gives nothing of $BROWSER to a shell', async () => {
    const asked = await runCli([...ASK, '--open'], { place, env: { BROWSER: './none;touch owned $(touch owned)' } });
    expect(asked.status).toBe(0);
    expect(readdirSync(place.cwd)).toEqual([]);
  });

  it.skipIf(process.platform !== 'linux').each([
    ['xdg-open', { DISPLAY: ':0' }],
    ['xdg-open', { WAYLAND_DISPLAY: 'wayland-0' }],
    ['wslview', { WSL_DISTRO_NAME: 'Debian' }],
    ['wslview', { WSL_INTEROP: '/run/WSL/1_interop', DISPLAY: ':0' }],
  ])('without $BROWSER it asks %s where there is %j', async (name, display) => {
    const { env, given } = program(name);
    await runCli([...ASK, '--open'], { place, env: { ...env, ...display } });
    expect(await given()).toBe(`${name}\n${onlyPage()}\n`);
  });

  it.skipIf(process.platform !== 'linux')('says where the page is where nothing could show it', async () => {
    const asked = await runCli([...LOUD, '--open'], { place });
    const warning = `mom: warning: the page could not be opened: there is no display here; it is ${onlyPage()}\n`;
    expect(asked).toMatchObject({ stdout: 'it is a page\n', stderr: `${SANDBOX_LINE}${warning}`, status: 0 });
  });

  it('says so of a browser that is not there', async () => {
    const asked = await runCli([...LOUD, '--open'], { place, env: { BROWSER: 'mom-no-such-browser' } });
    const warning = `mom: warning: the page could not be opened: mom-no-such-browser: there is no such program; it is ${onlyPage()}\n`;
    expect(asked).toMatchObject({ stderr: `${SANDBOX_LINE}${warning}`, status: 0 });
  });

  it('shows a failed run too, and leaves its exit status alone', async () => {
    const { path, given } = program('viewer');
    const asked = await runCli(['ask', '--sandbox', '-q', 'x', '-m', 'sandbox/e401=1', '--open'], { place, env: { BROWSER: path } });
    expect(asked.status).toBe(77);
    expect(await given()).toContain('viewer');
    expect(readFileSync(onlyPage(), 'utf8')).toContain('✕ failed');
  });

  it('warns where the page has no place, and the answer stands', async () => {
    mkdirSync(join(place.state, 'mom'));
    writeFileSync(pages(), 'in the way');
    const asked = await runCli([...LOUD, '--open'], { place, env: { BROWSER: 'mom-no-such-browser' } });
    expect(asked).toMatchObject({ stdout: 'it is a page\n', status: 0 });
    expect(asked.stderr).toMatch(/^mom: sandbox: .*\nmom: warning: there is no page of this run: .*pages.*\n$/);
  });

  it('warns where nothing is kept', async () => {
    const asked = await runCli([...LOUD, '--open'], { place, env: { MOM_NO_LOG: '1', BROWSER: 'mom-no-such-browser' } });
    const warning = 'mom: warning: there is no page of this run: it is not in the history\n';
    expect(asked).toMatchObject({ stdout: 'it is a page\n', stderr: `${SANDBOX_LINE}${warning}`, status: 0 });
  });
});

describe('mom logs show --html', () => {
  it('prints the page in a pipe, and keeps nothing', async () => {
    await runCli(ASK, { place });
    const shown = await runCli(['logs', 'show', '--html'], { place });
    expect(shown).toMatchObject({ stderr: '', status: 0 });
    expect(shown.stdout).toMatch(/^<!doctype html>\n.*<\/html>\n$/s);
    expect(readdirSync(join(place.state, 'mom'))).not.toContain('pages');
  });

  it('on a terminal prints where the page is', async () => {
    await runCli(ASK, { place });
    const { screen, status } = await onTerminal('$MOM logs show --html', { place });
    expect({ screen, status }).toEqual({ screen: `${onlyPage()}\n`, status: 0 });
    expect(readFileSync(onlyPage(), 'utf8')).toMatch(/^<!doctype html>\n.*<\/html>\n$/s);
  });
});

describe('the folder of pages', () => {
  const show = () => onTerminal('$MOM logs show --html', { place });
  const old = (day: number) => `202001${String(day).padStart(2, '0')}-000000-0a1b2c.html`;

  beforeEach(async () => {
    await runCli(ASK, { place });
    mkdirSync(pages(), { mode: 0o755 });
  });

  it('keeps the newest 20', async () => {
    for (let day = 1; day <= 25; day++) writeFileSync(join(pages(), old(day)), '');
    await show();
    expect(pageFiles().map(withoutIds)).toEqual(Array.from({ length: 20 }, () => 'ID.html'));
    expect(pageFiles()).toContain(old(25));
    expect(pageFiles()).not.toContain(old(6));
    expect(pageFiles()).toContain(old(7));
    expect(statSync(pages()).mode & 0o777).toBe(0o700);
  });

  it('puts a new file where a link stands', async () => {
    const { screen } = await show();
    const page = screen.trimEnd();
    const target = join(place.root, 'precious');
    writeFileSync(target, 'precious');
    rmSync(page);
    symlinkSync(target, page);
    await show();
    expect(readFileSync(page, 'utf8')).toContain('it is a page');
    expect(readFileSync(target, 'utf8')).toBe('precious');
  });

  it('loses the pages of runs that are pruned', async () => {
    await show();
    for (const day of [1, 2, 3]) writeFileSync(join(pages(), old(day)), '');
    await runCli(['logs', 'prune', '--older-than', '2020-01-03', '-n'], { place });
    expect(pageFiles()).toHaveLength(4);
    await runCli(['logs', 'prune', '--older-than', '2020-01-03'], { place });
    expect(pageFiles().map(withoutIds)).toEqual(['ID.html', 'ID.html']);
    expect(pageFiles()).toContain(old(3));
  });
});
