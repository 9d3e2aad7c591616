import type { Warning } from '../../core/run.js';
import { readInput } from '../input/index.js';
import { SizeBudget } from '../input/limits.js';
import { readStdin } from '../input/stdin.js';
import type { Input, InputContext } from '../input/types.js';
import type { Asking } from './asking.js';

/** What is asked, and what is to be said about how it was read. */
export interface Question {
  messages: Input['messages'];
  warnings: Warning[];
}

/** Reads the input. A sandbox that is asked nothing is asked a question it has recorded answers to. */
export async function readQuestion(asking: Asking): Promise<Question> {
  const { prompt, flags } = asking;
  const ctx = inputContext(asking);
  const files = flags.file ?? [];
  const attachments = flags.attach ?? [];
  const stdin = flags.stdin === undefined ? 'auto' : flags.stdin ? 'wait' : 'ignore';
  if (flags.sandbox && prompt.length === 0 && files.length === 0 && stdin === 'auto') {
    const { bundledQuestion } = await import('../../sandbox/bundled.js');
    const piped = ctx.stdin.isTTY ? null : await readStdin(ctx, false, new SizeBudget(), { warnings: [], skipped: [] });
    return told(await readInput({ prompt: [piped ?? bundledQuestion()], system: flags.system, files, attachments, stdin: 'ignore' }, ctx));
  }
  return told(await readInput({ prompt, system: flags.system, files, attachments, stdin }, ctx));
}

function inputContext({ context, cancellation, messages }: Asking): InputContext {
  return {
    get stdin() {
      return context.stdin;
    },
    stdinFd: 0,
    cwd: context.cwd,
    env: context.env,
    signal: cancellation.signal,
    notice: (text: string) => messages.note(text),
  };
}

function told({ messages, warnings, skipped }: Input): Question {
  const leftOut = skipped.length === 0 ? [] : [{ code: 'input_skipped', message: `left out: ${skipped.join(', ')}` }];
  return { messages, warnings: [...warnings, ...leftOut] };
}
