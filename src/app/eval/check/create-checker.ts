import { createHash } from 'node:crypto';
import { existsSync, mkdirSync, mkdtempSync, realpathSync, writeFileSync } from 'node:fs';
import { rm } from 'node:fs/promises';
import { join } from 'node:path';
import type { Env } from '../../../config/wishes.js';
import type { EvalPlan } from '../../../core/eval/plan.js';
import type { EvalPrompt } from '../../../core/eval/prompt.js';
import type { CheckResult } from '../../../core/eval/records.js';
import { messageText } from '../../../core/message.js';
import type { Warning } from '../../../core/run.js';
import type { Checker } from './checker.js';
import { type Confine, findConfinement } from './confinement.js';
import { copyFolder, lookAtFolder } from './folder-copy.js';
import { checkHomePrefix, removeLeftovers } from './leftovers.js';
import { placeAnswer } from './place-answer.js';
import { runCommand } from './run-command.js';

export interface CheckDeps {
  env: Env;
  /** Folders that no check may read: mom's own, which hold keys and other people's questions. */
  hidden: readonly string[];
  /** The code that an answer is meant to be: what goes into a prompt's `answer_file`. */
  codeOf: (answer: string) => string;
  onNote: (note: Warning) => void;
}

/**
 * Runs the command on answers. What models have written may be run by it: it can't write outside of its copy, see mom's
 * folders or other processes, where the machine offers a way to keep it; it never gets a key from mom's environment.
 * @throws MomError `no_input`, `input_too_large` for the folder
 */
export async function createChecker(plan: NonNullable<EvalPlan['check']>, deps: CheckDeps): Promise<Checker> {
  const before = lookAtFolder(plan.folder);
  removeLeftovers(Date.now());
  const home = realpathSync(mkdtempSync(checkHomePrefix()));
  const confine = await findConfinement(
    home,
    deps.hidden.filter((folder) => existsSync(folder)),
  );
  if (confine === null) deps.onNote(UNCONFINED);
  let count = 0;
  return {
    identity: createHash('sha256')
      .update(JSON.stringify([plan.command, plan.folder, plan.timeout, before.mark]))
      .digest('hex'),
    async check(prompt, text, signal) {
      count += 1;
      const place = join(home, String(count));
      try {
        return await checkIn(place, { plan, deps, confine, prompt, text, signal });
      } finally {
        await rm(place, { recursive: true, force: true, maxRetries: 3 });
      }
    },
    async close() {
      await rm(home, { recursive: true, force: true, maxRetries: 3 });
      if (confine === null && lookAtFolder(plan.folder).mark !== before.mark) deps.onNote(wroteOutside(plan.folder));
    },
  };
}

const UNCONFINED: Warning = {
  code: 'check_unconfined',
  message:
    'the check runs what models have written and can write anywhere: neither bwrap nor user namespaces work here; run it in a container',
};

function wroteOutside(folder: string): Warning {
  return { code: 'check_wrote_outside', message: `${folder} has changed while the checks ran: one of them writes outside of its copy` };
}

interface Check {
  plan: NonNullable<EvalPlan['check']>;
  deps: CheckDeps;
  confine: Confine | null;
  prompt: EvalPrompt;
  text: string;
  signal: AbortSignal;
}

async function checkIn(root: string, { plan, deps, confine, prompt, text, signal }: Check): Promise<CheckResult> {
  const [copy, own, temporary] = ['folder', 'home', 'tmp'].map((name) => join(root, name)) as [string, string, string];
  for (const folder of [root, own, temporary]) mkdirSync(folder, { mode: 0o700 });
  await copyFolder(plan.folder, copy);
  const trouble = prompt.answer_file === null ? null : placeAnswer(copy, prompt.answer_file, deps.codeOf(text));
  if (trouble !== null) return { passed: false, reason: trouble, output: '' };
  const command = { program: '/bin/sh', args: ['-c', plan.command] };
  const confined = confine === null ? command : confine(command, { root, cwd: copy });
  const env = { ...passedOn(deps.env), ...filesOf(root, prompt, text), HOME: own, TMPDIR: temporary, CI: '1', TERM: 'dumb' };
  const { status, why, output } = await runCommand({ ...confined, cwd: copy, env, limit: plan.timeout, signal });
  return { passed: status === 0, reason: why, output };
}

/** What a check is told: paths of files, and the prompt's id. */
function filesOf(root: string, { id, messages, reference }: EvalPrompt, text: string): Record<string, string> {
  const question = messages.findLast(({ role }) => role === 'user');
  const files = { ANSWER: text, PROMPT: question ? messageText(question) : '', ...(reference === null ? {} : { REFERENCE: reference }) };
  const told: Record<string, string> = { MOM_EVAL_ID: id.replaceAll('\0', '') };
  for (const [name, content] of Object.entries(files)) {
    const path = join(root, name.toLowerCase());
    writeFileSync(path, content, { mode: 0o600 });
    told[`MOM_EVAL_${name}`] = path;
  }
  return told;
}

/** Variables that programs need and that hold no secret. Everything else stays away from what models have written. */
const PASSED_ON = /^(?:PATH|LANG|LC_\w+|TZ|SHELL|USER|LOGNAME|JAVA_HOME|GOROOT|NVM_DIR|NVM_BIN|PYENV_ROOT|VIRTUAL_ENV|CONDA_PREFIX)$/;

function passedOn(env: Env): Record<string, string> {
  const known = Object.entries(env).filter((pair): pair is [string, string] => pair[1] !== undefined && PASSED_ON.test(pair[0]));
  return Object.fromEntries(known);
}
