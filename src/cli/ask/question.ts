import { readInput } from '../input/index.js';
import { SizeBudget } from '../input/limits.js';
import { readStdin } from '../input/stdin.js';
import type { Input, InputContext } from '../input/types.js';
import type { Asking } from './asking.js';

/** Reads the input. A sandbox that is asked nothing is asked a question it has recorded answers to. */
export async function readQuestion(asking: Asking): Promise<Input> {
  const { prompt, flags } = asking;
  const ctx = inputContext(asking);
  const files = flags.file ?? [];
  const attachments = flags.attach ?? [];
  const stdin = flags.stdin === undefined ? 'auto' : flags.stdin ? 'wait' : 'ignore';
  if (flags.sandbox && prompt.length === 0 && files.length === 0 && stdin === 'auto') {
    const { bundledQuestion } = await import('../../sandbox/bundled.js');
    const piped = ctx.stdin.isTTY ? null : await readStdin(ctx, false, new SizeBudget(), { warnings: [], skipped: [] });
    return readInput({ prompt: [piped ?? bundledQuestion()], system: flags.system, files, attachments, stdin: 'ignore' }, ctx);
  }
  return readInput({ prompt, system: flags.system, files, attachments, stdin }, ctx);
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
