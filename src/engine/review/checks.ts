import { makeFence } from '../../core/fence.js';
import { LINE_TOKENS, MAX_CHECK_QUESTIONS } from '../../core/limits.js';
import { type Message, messageText } from '../../core/message.js';
import type { Member, VerifyRule } from '../../core/mixture.js';
import { CHECK_QUESTION } from '../../core/reply-marks.js';
import type { CallRecord } from '../../core/run.js';
import { checkBlock, checkInstructions, questionBlock, questionInstructions } from '../../prompts/verify.js';
import { callModel } from '../call/call.js';
import { inRole } from '../call/role.js';
import { whyFailed } from '../call/why-failed.js';
import { type RunContext, stopReason } from '../context.js';
import { isUsable } from '../panel/propose.js';
import { stagePrompt } from '../synthesis/critic-prompt.js';
import { withoutTools } from '../tools/without-tools.js';

/** A check question and what a model that has not seen the draft says to it. */
export interface Check {
  question: string;
  answer: string;
}

/** A longer line than this, in characters, is no question. */
const MAX_LINE_CHARS = 2_000;

const QUESTION_LINE = new RegExp(`^[\\s>#*_\`\\d.)-]*${CHECK_QUESTION}[\\s*_\`]*(\\S.*)$`);

/** How many questions a draft gets at most. */
export function questionLimit(rule: VerifyRule): number {
  return Math.min(rule.questions, MAX_CHECK_QUESTIONS);
}

/** Has check questions written by the first member that can; empty when there are none. */
export async function askForQuestions(ctx: RunContext, limit: number, draft: string, writers: readonly Member[]): Promise<string[]> {
  for (const [i, writer] of writers.entries()) {
    if (stopReason(ctx)) break;
    const record = await ask(ctx, writer, i === 0 ? 'v0' : `v0.${i + 1}`, questionPrompt(ctx, limit, draft, writer));
    if (isUsable(record)) return readQuestions(record, limit);
    // Money that is short is told of at the end of the check.
    if (!stopReason(ctx) && record.status !== 'skipped')
      ctx.recorder.warn('verifier_failed', `${writer.model} could not write check questions: ${reason(record)}`);
  }
  return [];
}

/** The questions of a reply, without repetitions. A last line that was cut off is none. */
export function readQuestions({ text, finish_reason }: CallRecord, limit: number): string[] {
  const lines = (text ?? '').split(/\r?\n/);
  const whole = finish_reason === 'length' ? lines.slice(0, -1) : lines;
  const short = whole.filter((line) => line.length <= MAX_LINE_CHARS);
  const questions = short.flatMap((line) => QUESTION_LINE.exec(line)?.[1]?.replace(/[\s*_`]+$/, '') ?? []);
  return [...new Set(questions)].filter((question) => question !== '').slice(0, limit);
}

/** All questions at once, each in a call of its own that shows nothing else. What fails is left out, with one warning. */
export async function answerQuestions(ctx: RunContext, verifier: Member, questions: readonly string[]): Promise<Check[]> {
  if (stopReason(ctx)) return [];
  const records = await Promise.all(questions.map((question, i) => ask(ctx, verifier, `v${i + 1}`, checkPrompt(ctx, question, verifier))));
  const lost = records.filter((record) => !isUsable(record));
  const [first] = lost;
  if (first && !stopReason(ctx))
    ctx.recorder.warn(
      'check_failed',
      `${lost.length} of ${questions.length} check questions got no answer from ${verifier.model}: ${reason(first)}`,
    );
  return questions.flatMap((question, i) => {
    const record = records[i] as CallRecord;
    return isUsable(record) ? { question, answer: record.text ?? '' } : [];
  });
}

function questionPrompt(ctx: RunContext, limit: number, draft: string, writer: Member): readonly Message[] {
  const conversation = withoutTools(ctx.request.messages);
  const fence = makeFence([draft, ...conversation.map(messageText)], ctx.drawNonce);
  const block = questionBlock({ count: limit, nonce: fence.nonce, data: fence.wrap('draft', draft) });
  return inRole(writer, stagePrompt(questionInstructions(limit), conversation, block));
}

function checkPrompt(ctx: RunContext, question: string, verifier: Member): readonly Message[] {
  const fence = makeFence([question], ctx.drawNonce);
  const block = checkBlock({ nonce: fence.nonce, data: fence.wrap('1', question, 'question') });
  return inRole(verifier, stagePrompt(checkInstructions(), [], block));
}

function ask(ctx: RunContext, member: Member, id: string, messages: readonly Message[]): Promise<CallRecord> {
  return callModel(ctx, {
    id,
    kind: 'verifier',
    member,
    layer: 0,
    messages,
    record: messages,
    params: { ...member.params, ...ctx.request.params },
    output: LINE_TOKENS,
    signal: ctx.signal,
    maxRetryAfter: null,
    canRestart: () => true,
    onText: () => {},
    onRestart: () => {},
  });
}

function reason(record: CallRecord): string {
  return record.error ? whyFailed(record) : 'its reply is empty';
}
