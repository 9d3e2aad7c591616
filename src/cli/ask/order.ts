import type { MixtureChoice } from '../../app.js';
import type { AnswerFormat } from '../../core/answer-format.js';
import { type AskFlags, choiceOf } from '../commands/ask-flags.js';
import { usageError } from '../usage.js';
import type { Asking } from './asking.js';
import type { Earlier } from './earlier.js';
import type { FilledTemplate } from './template.js';

/** What is asked for in the end: what the flags say, else a template, else the run that this one goes on with. */
export interface Order {
  choice: MixtureChoice;
  system: string | undefined;
  /** The form that the answer must have. */
  format: AnswerFormat | null;
  template: FilledTemplate | null;
  earlier: Earlier | null;
}

/** Reads what flags lead to beyond the question itself. Most questions need none of it. @throws MomError */
export async function makeOrder(asking: Asking): Promise<Order> {
  const { flags } = asking;
  const template = flags.template === undefined ? null : await (await import('./template.js')).readTemplate(flags.template, asking);
  const wantsEarlier = flags.continue === true || flags.from !== undefined || flags.resume !== undefined;
  const earlier = wantsEarlier ? await (await import('./earlier.js')).findEarlier(asking) : null;
  const schema = flags.schema ?? template?.schema ?? null;
  const own = { ...templateChoice(template, flags), ...choiceOf(flags) };
  const format = schema === null ? formOf(earlier) : await (await import('./schema.js')).readSchema(schema, asking.context);
  if (format !== null) checkOutput(flags);
  return {
    choice: earlier === null ? own : await (await import('./earlier.js')).choiceAfter(earlier, own, asking),
    system: flags.system ?? template?.system ?? undefined,
    format,
    template,
    earlier,
  };
}

/** The same question wants its answer in the same form; the next question of a conversation may want any. */
function formOf(earlier: Earlier | null): AnswerFormat | null {
  return earlier?.link === 'resumed' ? earlier.run.origin.format : null;
}

/** What can't be done with an answer that fits a schema. @throws MomError `usage` */
function checkOutput({ extract, critic, model = [] }: AskFlags): void {
  if (extract)
    throw usageError(
      'an answer that fits a schema is JSON alone: it holds no code block for --extract',
      'leave --extract or the schema out',
    );
  if (critic === false && model.length !== 1)
    throw usageError('--no-critic prints what each model says, and a schema is for one answer', 'leave --no-critic or the schema out');
}

/** Where the models are named, their number decides how they are asked. */
function templateChoice(template: FilledTemplate | null, { model }: AskFlags): MixtureChoice {
  return {
    ...(template?.mixture ? { mixture: template.mixture } : {}),
    ...(template?.strategy && model === undefined ? { strategy: template.strategy } : {}),
  };
}
