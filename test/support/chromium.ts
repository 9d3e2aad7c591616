import { execFile } from 'node:child_process';
import { mkdirSync, mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { pathToFileURL } from 'node:url';
import { promisify } from 'node:util';
import { ROOT } from '../house/source-files.js';
import { type Picture, readPng } from './png.js';
import { removeAll } from './remove-all.js';

export const CHROMIUM = 'chromium';

const QUIET = [
  '--headless',
  '--no-sandbox',
  '--disable-gpu',
  '--disable-quic',
  '--no-first-run',
  '--disable-background-networking',
  '--disable-component-update',
  '--disable-sync',
  '--hide-scrollbars',
];

/** What became of a page, as markup, after it was shown. */
export function shownDom(file: string): Promise<string> {
  return chromium(['--dump-dom', pathToFileURL(file).href]);
}

interface View {
  width: number;
  height: number;
  dark?: boolean;
}

/** A picture of a page. It stays in the folder `test-results`, or in the one that `TEST_RESULTS` names. */
export async function screenshot(file: string, name: string, { width, height, dark = false }: View): Promise<Picture & { path: string }> {
  const folder = process.env.TEST_RESULTS || join(ROOT, 'test-results');
  mkdirSync(folder, { recursive: true });
  const path = join(folder, `${name}.png`);
  rmSync(path, { force: true });
  const scheme = `--blink-settings=preferredColorScheme=${dark ? 0 : 1}`;
  await chromium([`--screenshot=${path}`, `--window-size=${width},${height}`, scheme, pathToFileURL(file).href]);
  return { path, ...readPng(readFileSync(path)) };
}

async function chromium(args: readonly string[]): Promise<string> {
  const profile = mkdtempSync(join(tmpdir(), 'mom-chromium-'));
  try {
    const all = [...QUIET, `--user-data-dir=${profile}`, ...args];
    const { stdout } = await promisify(execFile)(CHROMIUM, all, { maxBuffer: 2 ** 26, timeout: 80_000, killSignal: 'SIGKILL' });
    return stdout;
  } finally {
    // Its helpers may still be writing.
    removeAll(profile);
  }
}
