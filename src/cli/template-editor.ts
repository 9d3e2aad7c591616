import { spawn } from 'node:child_process';
import { readFileSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { dirname } from 'node:path';
import { parseTemplate } from '../config/templates/template-file.js';
import { isMomError, MomError, reasonOf } from '../core/error.js';
import { makeFolder } from '../core/system/make-folder.js';
import type { CliContext } from './context.js';
import { outputError } from './output/output-error.js';
import { messagesOf } from './view/messages.js';

/** A new template: what may stand in one, as comments. */
const SKELETON = `---
# description: what it is for, shown by mom templates list
# mixture: default
# strategy: fuse
# system: You are a careful reviewer of {{lang}}.
# schema: name, age int
# defaults:
#   lang: TypeScript
---
`;

/**
 * Opens a template in the user's editor, and checks it afterwards. One that was not there begins with {@link SKELETON}; left as
 * that, it is not kept.
 * @throws MomError `config_invalid` for what is wrong with the template or the editor, `output_failed`
 */
export async function editTemplate(name: string, file: string, context: CliContext): Promise<void> {
  const isNew = statSync(file, { throwIfNoEntry: false }) === undefined;
  if (isNew) begin(file);
  try {
    await runEditor(file, context);
  } finally {
    if (isNew && readIfThere(file) === SKELETON) rmSync(file, { force: true });
  }
  const text = readIfThere(file);
  if (text === null) {
    messagesOf(context).note('nothing was written, so there is no template');
    return;
  }
  await check(text, name, file);
  messagesOf(context).note(`${file} is fine: mom ask -t ${name}`);
}

function begin(file: string): void {
  try {
    makeFolder(dirname(file));
    writeFileSync(file, SKELETON, { flag: 'wx' });
  } catch (error) {
    throw outputError(file, error);
  }
}

async function check(text: string, name: string, file: string): Promise<void> {
  const again = `\`mom templates edit ${name}\` opens it again`;
  try {
    await parseTemplate(text, file);
  } catch (error) {
    if (!isMomError(error)) throw error;
    throw new MomError(error.code, error.message, { hint: error.hint === null ? again : `${error.hint}; ${again}` });
  }
}

/** The words of `$VISUAL` or `$EDITOR`, then the file. No shell reads them. */
async function runEditor(file: string, { env }: CliContext): Promise<void> {
  const named = [env.VISUAL, env.EDITOR].find((value) => value !== undefined && value.trim() !== '');
  const [program = 'vi', ...args] = named?.trim().split(/\s+/) ?? [];
  // Ctrl-C belongs to the editor while it runs.
  const ignore = () => undefined;
  process.on('SIGINT', ignore);
  try {
    const end = await new Promise<number | NodeJS.Signals>((resolve, reject) => {
      const child = spawn(program, [...args, file], { stdio: 'inherit' });
      child.once('error', reject);
      child.once('close', (status, signal) => resolve(signal ?? status ?? 0));
    }).catch((error: unknown) => {
      const missing = (error as NodeJS.ErrnoException).code === 'ENOENT';
      const reason = missing ? 'there is no such program' : reasonOf(error);
      throw new MomError('config_invalid', `the editor ${program} could not be started: ${reason}`, {
        hint: 'set VISUAL or EDITOR to your editor',
      });
    });
    if (end !== 0)
      throw new MomError('output_failed', `the editor ${program} ended with ${end}`, {
        hint: `what it has saved is in ${file}, if anything`,
      });
  } finally {
    process.off('SIGINT', ignore);
  }
}

function readIfThere(file: string): string | null {
  return statSync(file, { throwIfNoEntry: false }) === undefined ? null : readFileSync(file, 'utf8');
}
