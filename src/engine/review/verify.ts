import { makeFence } from '../../core/fence.js';
import { LINE_TOKENS } from '../../core/limits.js';
import { type Message, messageText } from '../../core/message.js';
import type { Member, VerifyRule } from '../../core/mixture.js';
import type { Plan } from '../../core/plan.js';
import type { PlannedCall } from '../../core/quote.js';
import { UNCHANGED } from '../../core/reply-marks.js';
import type { CallRecord } from '../../core/run.js';
import { type RepairForm, repairBlock, repairInstructions } from '../../prompts/verify.js';
import { inRole } from '../call/role.js';
import type { RunContext } from '../context.js';
import { answered, type Outcome } from '../outcome.js';
import { planned } from '../planned.js';
import { DRAFT, UnlessMark } from '../synthesis/answer-writer.js';
import { conclude } from '../synthesis/conclude.js';
import { stagePrompt } from '../synthesis/critic-prompt.js';
import { saysMark } from '../synthesis/reply-mark.js';
import { type Written, write } from '../synthesis/write.js';
import { withoutTools } from '../tools/without-tools.js';
import { answerQuestions, askForQuestions, type Check, questionLimit } from './checks.js';
import { authorOf, isWhole, keepDraft, stoppedWith, writersOf } from './draft.js';
import { chooseVerifier } from './verifier.js';

const UNVERIFIED = 'the answer goes out unchecked';

/** What stands between a draft that was shown and its correction. */
const CORRECTION = '\n\n---\n\nCorrection: ';

/**
 * Chain of verification (arXiv 2309.11495, each question on its own): check questions, answered by another family that
 * has not seen the draft; repaired only where contradicted. Whatever fails, the draft goes out to the letter.
 */
export async function verify(ctx: RunContext, rule: VerifyRule, draft: Outcome): Promise<Outcome> {
  const stopped = stoppedWith(ctx, draft, UNVERIFIED);
  if (stopped) return stopped;
  const writers = writersOf(ctx, draft);
  const [first] = writers;
  if (!first) return unverified(ctx, draft, 'nobody can repair it');
  const questions = await askForQuestions(ctx, questionLimit(rule), draft.answer ?? '', writers);
  if (questions.length === 0) return unverified(ctx, draft, 'there are no check questions');
  const checks = await answerQuestions(ctx, verifierOf(ctx, rule, draft, first), questions);
  if (checks.length === 0) return unverified(ctx, draft, 'no check question was answered');
  return ctx.writer.visible ? correct(ctx, draft, checks, writers) : repair(ctx, draft, checks, writers);
}

/** The calls of the check. The lower bound leaves out the answers: how many questions there are is not known. */
export function verifyCalls(plan: Plan, rule: VerifyRule): PlannedCall[] {
  const hasCritic = plan.writers.length > 0;
  const writer = plan.writers[0] ?? plan.proposers[0];
  if (!writer) return [];
  const { verifier } = chooseVerifier(plan, rule, writer, writer);
  const limit = questionLimit(rule);
  const check = { kind: 'verifier', layer: 0, output: LINE_TOKENS } as const;
  return [
    planned(writer, { ...check, id: 'v0', certain: hasCritic, reads: { least: 1, most: 1 } }),
    ...Array.from({ length: limit }, (_, i) => planned(verifier, { ...check, id: `v${i + 1}`, certain: false })),
    planned(writer, { id: repairId(writer), kind: 'critic', layer: 0, certain: hasCritic, reads: { least: 2, most: 1 + limit } }),
  ];
}

/** Warns where it is not of another family than the draft's author. */
function verifierOf(ctx: RunContext, rule: VerifyRule, draft: Outcome, writer: Member): Member {
  const { verifier, flaw } = chooseVerifier(ctx.plan, rule, authorOf(ctx, draft) ?? writer, writer);
  if (flaw !== null) ctx.recorder.warn('verifier_family', `no model of a second family can check the answer; the questions go to ${flaw}`);
  return verifier;
}

/** Nothing of the draft has been shown: what goes out is the draft or the repaired text, which is shown as it comes. */
async function repair(ctx: RunContext, draft: Outcome, checks: readonly Check[], writers: readonly Member[]): Promise<Outcome> {
  const guarded: RunContext = { ...ctx, writer: new UnlessMark(ctx.writer, UNCHANGED) };
  const written = await compare(guarded, 'whole', draft, checks, writers);
  return (
    unrepaired(ctx, draft, written) ??
    conclude(guarded, written, asPlanned(draft, writers), () => unverified(ctx, draft, 'nobody could compare it with the checks'))
  );
}

/** The draft has been shown: a correction goes below it once it is there as a whole. */
async function correct(ctx: RunContext, draft: Outcome, checks: readonly Check[], writers: readonly Member[]): Promise<Outcome> {
  const written = await compare({ ...ctx, writer: DRAFT }, 'correction', draft, checks, writers);
  const { record } = written;
  if (!record || !written.ok) return unverified(ctx, draft, 'nobody could compare it with the checks');
  const kept = unrepaired(ctx, draft, written);
  if (kept) return kept;
  ctx.writer.append(CORRECTION + (record.text ?? '').trim());
  return { ...answered(record, 'critic', asPlanned(draft, writers)(record)), answer: ctx.writer.shown };
}

function compare(
  ctx: RunContext,
  form: RepairForm,
  draft: Outcome,
  checks: readonly Check[],
  writers: readonly Member[],
): Promise<Written> {
  // The reply may be the mark that nothing is to be changed, which a form would not let through; what it replaces is checked later.
  const free: RunContext = { ...ctx, request: { ...ctx.request, format: null } };
  return write(free, writers, (writer) => ({ messages: repairPrompt(ctx, form, draft.answer ?? '', checks, writer) }), repairId);
}

function repairPrompt(ctx: RunContext, form: RepairForm, draft: string, checks: readonly Check[], writer: Member): readonly Message[] {
  const conversation = withoutTools(ctx.request.messages);
  const texts = [draft, ...checks.flatMap(({ question, answer }) => [question, answer])];
  const fence = makeFence([...texts, ...conversation.map(messageText)], ctx.drawNonce);
  const pairs = checks.flatMap(({ question, answer }, i) => [
    fence.wrap(String(i + 1), question, 'question'),
    fence.wrap(String(i + 1), answer, 'answer'),
  ]);
  const data = [fence.wrap('draft', draft), ...pairs].join('\n\n');
  return inRole(writer, stagePrompt(repairInstructions(form), conversation, repairBlock(form, { nonce: fence.nonce, data })));
}

/** The draft, where a reply says or shows that nothing is to be changed, or can't replace it; null where it does. */
function unrepaired(ctx: RunContext, draft: Outcome, { record, ok }: Written): Outcome | null {
  if (!record || !ok) return null;
  const text = record.text ?? '';
  const shown = ctx.writer.shown;
  if (saysMark(text, UNCHANGED)) return draft;
  if (shown !== null && shown !== draft.answer) return null;
  if (text.trim() === draft.answer?.trim()) return draft;
  return isWhole(record) ? null : unverified(ctx, draft, `what ${record.model} made of it is empty or cut off`);
}

function asPlanned(draft: Outcome, [first]: readonly Member[]): (record: CallRecord) => boolean {
  return (record) => draft.status === 'complete' && first !== undefined && record.id === repairId(first);
}

function unverified(ctx: RunContext, draft: Outcome, why: string): Outcome {
  return stoppedWith(ctx, draft, UNVERIFIED) ?? keepDraft(ctx, draft, 'verify_failed', `the check failed: ${why}; ${UNVERIFIED}`);
}

function repairId({ id }: Member): string {
  return `${id}.v`;
}
