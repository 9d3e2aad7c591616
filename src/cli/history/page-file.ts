import { existsSync, readdirSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import { preparePrivateFolder, replacePrivateFile } from '../../core/system/private-file.js';
import { stateDir } from '../../core/system/xdg.js';
import type { CliContext } from '../context.js';
import { outputError } from '../output/output-error.js';

/** So many pages are kept: they can be made again from the history. */
const KEPT_PAGES = 20;

/** `20260131-081500-0a1b2c.html`: sorted by name they are sorted by age. */
const START = /^(\d{4})(\d\d)(\d\d)-(\d\d)(\d\d)(\d\d)-/;

/** Keeps the page of a run in a 0600 file, and forgets the oldest ones. @returns its path @throws MomError `output_failed` */
export function keepPage({ env, home }: CliContext, id: string, page: string): string {
  const dir = pagesDir(env, home);
  const name = `${id.replace(/[^\w-]/g, '_')}.html`;
  const path = join(dir, name);
  try {
    preparePrivateFolder(dir);
    replacePrivateFile(path, page);
    const others = pagesIn(dir).filter((other) => other !== name);
    for (const other of others.slice(0, Math.max(0, others.length + 1 - KEPT_PAGES))) rmSync(join(dir, other), { force: true });
  } catch (error) {
    throw outputError(path, error);
  }
  return path;
}

/** Forgets the pages of runs that started before: what is pruned is gone. @throws MomError `output_failed` */
export function forgetPages({ env, home }: CliContext, before: Date): void {
  const dir = pagesDir(env, home);
  try {
    for (const name of pagesIn(dir)) if (startOf(name) < before.getTime()) rmSync(join(dir, name), { force: true });
  } catch (error) {
    throw outputError(dir, error);
  }
}

function pagesDir(env: CliContext['env'], home: string): string {
  return join(stateDir(env, home), 'pages');
}

/** The oldest first. */
function pagesIn(dir: string): string[] {
  return existsSync(dir)
    ? readdirSync(dir)
        .filter((name) => name.endsWith('.html'))
        .sort()
    : [];
}

/** The second in which the run began, as its id tells; 0 where it does not. */
function startOf(name: string): number {
  const [, year, month, day, hour, minute, second] = START.exec(name)?.map(Number) ?? [];
  return year === undefined ? 0 : Date.UTC(year, (month ?? 1) - 1, day, hour, minute, second);
}
