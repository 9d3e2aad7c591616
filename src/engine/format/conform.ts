import { MomError } from '../../core/error.js';
import { makeFence } from '../../core/fence.js';
import { messageText } from '../../core/message.js';
import type { Member } from '../../core/mixture.js';
import type { Plan } from '../../core/plan.js';
import type { PlannedCall } from '../../core/quote.js';
import { formatBlock, formatInstructions } from '../../prompts/format-repair.js';
import { inRole } from '../call/role.js';
import { isCancelled, type RunContext, stopReason } from '../context.js';
import { answered, failed, type Outcome } from '../outcome.js';
import { isUsable } from '../panel/propose.js';
import { planned } from '../planned.js';
import { authorOf, writersOf } from '../review/draft.js';
import { stagePrompt } from '../synthesis/critic-prompt.js';
import { write } from '../synthesis/write.js';
import { withoutTools } from '../tools/without-tools.js';
import type { Finding, FormatChecker } from './checker.js';

/** So many things that are wrong are told in an error; the model that repairs them is told all that were found. */
const TOLD = 3;

/**
 * Sees to it that an answer has the form that was asked for. White space and a code fence around it are taken off;
 * anything else gets one round of repair, and what does not fit then is an error. Nothing may have been shown before.
 */
export async function conform(ctx: RunContext, format: FormatChecker, draft: Outcome): Promise<Outcome> {
  const { answer } = draft;
  if (answer === null || draft.error !== null) return draft;
  const finding = format.check(answer);
  if (finding.json !== null) return { ...draft, answer: finding.json };
  return finding.checked ? repair(ctx, format, draft, answer, finding) : misfit(format, draft, finding, '');
}

/** The repair that an answer may need. */
export function conformCalls({ writers, proposers }: Plan): PlannedCall[] {
  const [writer] = writers.length > 0 ? writers : proposers;
  if (!writer) return [];
  return [planned(writer, { id: repairId(writer), kind: 'critic', layer: 0, certain: false, reads: { least: 1, most: 1 } })];
}

async function repair(ctx: RunContext, format: FormatChecker, draft: Outcome, answer: string, finding: Finding): Promise<Outcome> {
  const writers = writersOf(ctx, draft);
  const prompt = (writer: Member) => ({ messages: repairPrompt(ctx, format, answer, finding, writer) });
  const written = await write(ctx, writers, prompt, repairId);
  const stopped = stopReason(ctx);
  if (stopped && isCancelled(ctx)) return failed(stopped);
  const { record } = written;
  if (!record || !written.ok || !isUsable(record)) {
    const why =
      stopped?.message ?? record?.error?.message ?? (record ? `${record.model} wrote nothing` : 'nobody is left to write it anew');
    return misfit(format, draft, finding, `; it could not be repaired: ${why}`);
  }
  const asPlanned = draft.status === 'complete' && record.id === repairId(writers[0] as Member);
  const repaired = answered(record, 'critic', asPlanned);
  const again = format.check(record.text ?? '');
  if (again.json === null) return misfit(format, repaired, again, '', ', not even after a repair');
  const author = authorOf(ctx, draft)?.model ?? 'a model';
  ctx.recorder.warn('format_repaired', `the answer of ${author} was not ${format.demand}; ${record.model} has repaired it`);
  return { ...repaired, answer: again.json };
}

function repairPrompt(ctx: RunContext, { demand, format }: FormatChecker, answer: string, { complaints }: Finding, writer: Member) {
  const conversation = withoutTools(ctx.request.messages);
  const schema = format.type === 'json_schema' ? JSON.stringify(format.schema) : null;
  const wrong = complaints.join('\n');
  const fence = makeFence([answer, wrong, schema ?? '', ...conversation.map(messageText)], ctx.drawNonce);
  const data = [fence.wrap('1', answer, 'answer'), fence.wrap('1', wrong, 'complaints')];
  if (schema !== null) data.push(fence.wrap('1', schema, 'schema'));
  const block = formatBlock({ demand, nonce: fence.nonce, data: data.join('\n\n') });
  return inRole(writer, stagePrompt(formatInstructions({ demand, hasSchema: schema !== null }), conversation, block));
}

/** The run has failed: a text that is not what was asked for is never called an answer. */
function misfit({ demand }: FormatChecker, { answer, answer_source, finish_reason }: Outcome, finding: Finding, why: string, even = '') {
  const wrong = finding.complaints.slice(0, TOLD).join('; ');
  const hint =
    finish_reason === 'length'
      ? 'the answer was cut off at its length limit: raise max_tokens, or ask for less at once'
      : finding.checked
        ? 'ask again, name a critic that is good at JSON, or make what is asked for simpler'
        : 'make the schema simpler: a pattern with repetitions inside repetitions takes very long';
  const error = new MomError('schema_mismatch', `the answer is not ${demand}${even}: ${wrong}${why}`, { hint });
  return failed(error, answer, answer_source);
}

function repairId({ id }: Member): string {
  return `${id}.f`;
}
