import { MomError } from '../../core/error.js';
import type { ContentPart, Message } from '../../core/message.js';
import { composeQuestion, type Sources } from './compose.js';
import { SizeBudget } from './limits.js';
import { readStdin } from './stdin.js';
import type { Input, InputContext, InputOptions, Remarks } from './types.js';

const STDIN = '-';

/**
 * Reads everything that goes into a question: arguments, standard input, files, images, the system text.
 * @throws {MomError} `usage` (no question, with the message {@link NO_QUESTION}), `no_input`, `input_invalid`,
 * `input_too_large`, or the reason of the signal
 */
export async function readInput(options: InputOptions, ctx: InputContext): Promise<Input> {
  const remarks: Remarks = { warnings: [], skipped: [] };
  const budget = new SizeBudget();
  const system = await readSystem(options.system, ctx, budget);
  const images = options.attachments.length > 0 ? await (await import('./image.js')).readImages(options.attachments, ctx) : [];
  // Standard input comes last: what is wrong with the rest is told without waiting for it.
  const sources = await readSources(options, ctx, budget, remarks);

  const text = composeQuestion(sources);
  if (!/\S/.test(text)) throw new MomError('no_input', 'the input holds no text', { hint: 'give a question: mom ask "..."' });
  const messages: Message[] = system === null ? [] : [{ role: 'system', content: system }];
  const content: string | ContentPart[] = images.length === 0 ? text : [{ type: 'text', text }, ...images];
  messages.push({ role: 'user', content });
  return { messages, ...remarks };
}

/** The message of the `usage` error after which the short help is shown. */
export const NO_QUESTION = 'no question was given';

async function readSources(options: InputOptions, ctx: InputContext, budget: SizeBudget, remarks: Remarks): Promise<Sources> {
  const joined = options.prompt.join(' ');
  const prompt = joined.trim() === '' ? null : joined;
  const named = options.files.filter((file) => file !== STDIN);
  const wantsStdin = options.stdin === 'wait' || named.length < options.files.length;
  if (wantsStdin && options.stdin === 'ignore') {
    throw new MomError('usage', '-f - reads standard input and --no-stdin ignores it', { hint: 'leave one of them out' });
  }

  const files = named.length > 0 ? await (await import('./files.js')).readFiles(named, ctx, budget, remarks) : [];
  const only = prompt === null && named.length === 0;
  const stdin = options.stdin === 'ignore' ? null : await readStdin(ctx, wantsStdin || (only && !isTerminal(ctx)), budget, remarks);
  if (only && stdin === null) throw nothingGiven(options, ctx);
  return { prompt, stdin, files };
}

async function readSystem(system: string | undefined, ctx: InputContext, budget: SizeBudget): Promise<string | null> {
  if (system === undefined || system.trim() === '') return null;
  if (system.startsWith('@@')) return system.slice(1);
  if (!system.startsWith('@')) return system;
  const { readSystemFile } = await import('./system.js');
  return readSystemFile(system.slice(1), ctx, budget);
}

function nothingGiven(options: InputOptions, ctx: InputContext): MomError {
  if (options.stdin === 'ignore' || isTerminal(ctx)) {
    return new MomError('usage', NO_QUESTION, { hint: 'mom ask "your question", or pipe it in: cat question.txt | mom ask' });
  }
  return new MomError('no_input', 'standard input is empty and there is no question', { hint: 'mom ask "your question"' });
}

function isTerminal(ctx: InputContext): boolean {
  return ctx.stdin.isTTY === true;
}
