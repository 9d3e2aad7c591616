import { existsSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import type { Readable, Writable } from 'node:stream';
import { FILE_NAMES, userConfigDir } from '../../config/files/discover.js';
import { projectTemplate, userTemplate } from '../../config/files/new-file.js';
import { KeyRing } from '../../config/keys/key-ring.js';
import { keysFile } from '../../config/keys/key-store.js';
import { DEFAULT_PROVIDER, KNOWN_PROVIDERS } from '../../config/providers/known.js';
import { MomError, reasonOf } from '../../core/error.js';
import { makeFolder } from '../../core/system/make-folder.js';

/** What this command needs of the outside world. */
export interface InitContext {
  env: Readonly<Record<string, string | undefined>>;
  cwd: string;
  home: string;
  stdin: Readable & { isTTY?: boolean };
  stdout: Writable;
  stderr: Writable & { isTTY?: boolean };
  signal?: AbortSignal;
}

export interface InitOptions {
  /** Write into the working directory instead of the user's config folder. */
  project?: boolean;
  /** Replace a file that is there. */
  force?: boolean;
}

/** Runs `mom init`. @returns the exit status @throws MomError `usage` when a file is there, `output_failed` */
export async function run(options: InitOptions, context: InitContext): Promise<number> {
  const dir = options.project ? context.cwd : userConfigDir(context.env, context.home);
  const taken = FILE_NAMES.map((name) => join(dir, name)).find((path) => existsSync(path));
  const path = join(dir, FILE_NAMES[0]);
  if (taken !== undefined && !(options.force && taken === path)) {
    throw new MomError('usage', `${taken} exists already`, {
      hint: taken === path ? '--force replaces it' : 'move it away first: only one of these files counts',
    });
  }
  const chosen = options.project ? null : await chooseProviders(context);
  const text = chosen === null ? projectTemplate() : userTemplate(chosen);
  try {
    makeFolder(dirname(path));
    writeFileSync(path, text, { mode: 0o600, flag: options.force ? 'w' : 'wx' });
  } catch (error) {
    throw new MomError('output_failed', `${path} cannot be written: ${reasonOf(error)}`, {
      hint: 'check the rights and the space of its folder',
      cause: error,
    });
  }
  context.stdout.write(`wrote ${path}\n`);
  for (const name of chosen === null ? [] : withoutKey(chosen, context)) context.stdout.write(`next: mom keys set ${name}\n`);
  return 0;
}

/** Those of the chosen providers whose keys are neither in the environment nor kept; the default one where none was chosen. */
function withoutKey(chosen: readonly string[], { env, home }: InitContext): string[] {
  const ring = new KeyRing(keysFile(env, home));
  const names = chosen.length === 0 && ring.names().length === 0 ? [DEFAULT_PROVIDER] : chosen;
  return names.filter((name) => ring.kept(name) === null && !(KNOWN_PROVIDERS[name]?.keyVariables ?? []).some((each) => env[each]));
}

/** On a terminal the user says which keys there are; else the environment does. */
async function chooseProviders(context: InitContext): Promise<string[]> {
  const hosted = Object.entries(KNOWN_PROVIDERS).filter(([, known]) => known.host !== null);
  const isSet = (variables: readonly string[]) => variables.some((name) => context.env[name]);
  if (!context.stdin.isTTY || !context.stderr.isTTY) return hosted.filter(([, known]) => isSet(known.keyVariables)).map(([name]) => name);
  const { createInterface } = await import('node:readline');
  const terminal = createInterface({ input: context.stdin, output: context.stderr, ...(context.signal ? { signal: context.signal } : {}) });
  const lines = terminal[Symbol.asyncIterator]();
  const chosen: string[] = [];
  try {
    for (const [name, known] of hosted) {
      const preset = isSet(known.keyVariables);
      terminal.setPrompt(
        `Do you have a key for ${name} (${known.keyVariables[0]}${preset ? ' is set' : ''})? [${preset ? 'Y/n' : 'y/N'}] `,
      );
      terminal.prompt();
      const line = await lines.next();
      if (line.done) throw new MomError('cancelled', 'mom init was cut short; nothing is written', { hint: 'run it again' });
      const answer = line.value.trim().toLowerCase();
      if (answer === '' ? preset : answer.startsWith('y')) chosen.push(name);
    }
  } finally {
    terminal.close();
  }
  return chosen;
}
