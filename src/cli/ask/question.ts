import { readInput } from '../input/index.js';
import { SizeBudget } from '../input/limits.js';
import { readStdin } from '../input/stdin.js';
import type { Input, InputContext } from '../input/types.js';
import type { Asking } from './asking.js';
import type { Order } from './order.js';

/** Reads the input. A sandbox that is asked nothing is asked a question it has recorded answers to. */
export async function readQuestion(asking: Asking, { earlier, template, system }: Order): Promise<Input> {
  if (earlier?.link === 'resumed') return (await import('./earlier.js')).messagesAfter(earlier, null);
  const read = (prompt: readonly string[]) => readOwn({ ...asking, prompt }, system, earlier !== null || template !== null);
  const input = template ? await (await import('./template.js')).askWithTemplate(template, asking.prompt, read) : await read(asking.prompt);
  return earlier ? (await import('./earlier.js')).messagesAfter(earlier, input) : input;
}

async function readOwn(asking: Asking, system: string | undefined, goesOn: boolean): Promise<Input> {
  const { prompt, flags } = asking;
  const ctx = inputContext(asking);
  const files = flags.file ?? [];
  const attachments = flags.attach ?? [];
  const stdin = flags.stdin === undefined ? 'auto' : flags.stdin ? 'wait' : 'ignore';
  if (flags.sandbox && !goesOn && prompt.length === 0 && files.length === 0 && stdin === 'auto') {
    const { bundledQuestion } = await import('../../sandbox/bundled.js');
    const piped = ctx.stdin.isTTY ? null : await readStdin(ctx, false, new SizeBudget(), { warnings: [], skipped: [] });
    return readInput({ prompt: [piped ?? bundledQuestion()], system, files, attachments, stdin: 'ignore' }, ctx);
  }
  return readInput({ prompt, system, files, attachments, stdin }, ctx);
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
