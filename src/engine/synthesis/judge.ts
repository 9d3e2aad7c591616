import { MAX_CRITIC_RETRY_AFTER, VERDICT_TOKENS } from '../../core/limits.js';
import type { Message } from '../../core/message.js';
import type { Member } from '../../core/mixture.js';
import { VERDICT } from '../../core/reply-marks.js';
import type { CallRecord } from '../../core/run.js';
import { judgeBlock, judgeInstructions } from '../../prompts/judge.js';
import { bestProposal } from '../ballot/best-proposal.js';
import { callModel } from '../call/call.js';
import { inRole } from '../call/role.js';
import { whyFailed } from '../call/why-failed.js';
import { isCancelled, type RunContext, stopReason } from '../context.js';
import { capError } from '../money/spend.js';
import { withoutTools } from '../tools/without-tools.js';
import { type Candidate, fenceCandidates, makeCandidates } from './candidates.js';
import { stagePrompt } from './critic-prompt.js';

/** What was chosen. */
export interface Choice {
  proposal: CallRecord;
  /** The first judge chose it, and said so twice where it had to look twice; else it was another judge or a rule. */
  asPlanned: boolean;
}

/**
 * Has one of several proposals chosen: by the first judge that names one, and names it again where a second look is
 * asked for; where no judge can, by the verdicts that there are and the vote.
 * @param usable in config order, not empty
 */
export async function chooseProposal(ctx: RunContext, usable: readonly CallRecord[]): Promise<Choice> {
  const { writers } = ctx.plan;
  const verdicts: CallRecord[] = [];
  for (const [i, judge] of writers.entries()) {
    if (mustStop(ctx)) break;
    const proposal = await askJudge(ctx, judge, usable, verdicts, i < writers.length - 1);
    if (proposal) return { proposal, asPlanned: i === 0 };
  }
  const reason = mustStop(ctx);
  // After a cancel nothing goes out.
  if (!isCancelled(ctx))
    ctx.recorder.warn(
      reason?.code ?? 'no_judge',
      `${reason?.message ?? 'no judge could choose an answer'}; the best proposal goes out without a judge's choice`,
    );
  return { proposal: byBallot(ctx, usable, verdicts), asPlanned: false };
}

/** What one judge chooses; null when it can't, or contradicts itself. Every verdict it gives is added to `verdicts`. */
async function askJudge(
  ctx: RunContext,
  judge: Member,
  usable: readonly CallRecord[],
  verdicts: CallRecord[],
  hasNext: boolean,
): Promise<CallRecord | null> {
  const candidates = makeCandidates(usable, withoutTools(ctx.request.messages), judge.context, ctx.random);
  warnOmitted(ctx, judge, candidates);
  const find = (label: string | null) => usable.find(({ id }) => id === candidates.find((c) => c.label === label)?.proposalId) ?? null;
  const first = find(await look(ctx, judge, judge.id, candidates, hasNext));
  if (!first) return null;
  verdicts.push(first);
  if (!ctx.plan.mixture.rules.select.secondLook) return first;
  if (mustStop(ctx)) return null;
  const second = find(await look(ctx, judge, `${judge.id}.2`, candidates.toReversed(), hasNext));
  if (!second) return null;
  verdicts.push(second);
  if (sameText(first, second)) return first;
  ctx.recorder.warn('judge_undecided', `${judge.model} chose another answer when it saw the candidates in reversed order`);
  return null;
}

/** The label that a judge names in one call; null, with a warning, when it names none. */
async function look(
  ctx: RunContext,
  judge: Member,
  id: string,
  candidates: readonly Candidate[],
  hasNext: boolean,
): Promise<string | null> {
  const messages = inRole(judge, judgePrompt(withoutTools(ctx.request.messages), candidates, ctx.drawNonce));
  const record = await callModel(ctx, {
    id,
    kind: 'judge',
    member: judge,
    layer: 0,
    messages,
    record: messages,
    params: { ...judge.params, ...ctx.request.params },
    output: VERDICT_TOKENS,
    signal: ctx.signal,
    maxRetryAfter: hasNext ? MAX_CRITIC_RETRY_AFTER : null,
    canRestart: () => true,
    onText: () => {},
    onRestart: () => {},
  });
  const labels = candidates.map((candidate) => candidate.label);
  const label = record.status === 'answered' && record.finish_reason !== 'length' ? readVerdict(record.text ?? '', labels) : null;
  if (label === null && !stopReason(ctx)) {
    ctx.recorder.warn('judge_failed', `${judge.model} chose no answer: ${whyNone(record, labels)}`);
  }
  return label;
}

/** What a judge gets: built like the critic's prompt, with instructions of its own. */
function judgePrompt(conversation: readonly Message[], candidates: readonly Candidate[], drawNonce: () => string): Message[] {
  const { nonce, text } = fenceCandidates(candidates, conversation, drawNonce);
  const labels = candidates.map((candidate) => candidate.label).join(', ');
  const block = judgeBlock({ count: String(candidates.length), nonce, candidates: text, labels });
  return stagePrompt(judgeInstructions(), conversation, block);
}

/** What models put around a word on their own: white space, emphasis, code, quotes, brackets. */
const AROUND = '[\\s*_`"\'()[\\]]*';
const VERDICT_LINE = new RegExp(`^${AROUND}${VERDICT.slice(0, -1)}${AROUND}:${AROUND}`);
/** A verdict is not longer, in characters. */
const MAX_VERDICT = 100;

/** The label on the last line that begins with the mark, whatever stands around either; null unless it is exactly one of `labels`. */
export function readVerdict(reply: string, labels: readonly string[]): string | null {
  const verdict = verdictOf(reply);
  if (verdict === undefined || verdict.length > MAX_VERDICT) return null;
  const label = verdict.replace(new RegExp(`\\.?${AROUND}\\.?$`), '');
  return labels.find((each) => each === label) ?? null;
}

/** What stands behind the mark on the last line that begins with it. */
function verdictOf(reply: string): string | undefined {
  const line = reply.split('\n').findLast((each) => VERDICT_LINE.test(each));
  return line?.replace(VERDICT_LINE, '').trimEnd();
}

function whyNone(record: CallRecord, labels: readonly string[]): string {
  if (record.status !== 'answered') return whyFailed(record);
  if (record.finish_reason === 'length') return 'its reply was cut off at its length limit';
  if (verdictOf(record.text ?? '') === undefined) return `its reply has no line '${VERDICT} label'`;
  return `its verdict is not exactly one of ${labels.toSorted().join(', ')}`;
}

/** What has most ballots, the verdicts and the vote; between equals what a judge has named, then config order. */
function byBallot(ctx: RunContext, usable: readonly CallRecord[], verdicts: readonly CallRecord[]): CallRecord {
  const voted = bestProposal(usable, ctx.plan.proposers, ctx);
  const counts = usable.map((record) => {
    const named = verdicts.filter((verdict) => sameText(verdict, record)).length;
    return { record, named, ballots: named + (voted?.id === record.id ? 1 : 0) };
  });
  const best = counts.reduce((best, next) => ((next.ballots - best.ballots || next.named - best.named) > 0 ? next : best));
  return best.record;
}

function sameText(a: CallRecord, b: CallRecord): boolean {
  return a.text?.trim() === b.text?.trim();
}

function mustStop(ctx: RunContext) {
  return stopReason(ctx) ?? capError(ctx);
}

function warnOmitted(ctx: RunContext, judge: Member, candidates: readonly Candidate[]): void {
  const omitted = candidates.reduce((sum, candidate) => sum + candidate.omitted, 0);
  if (omitted > 0)
    ctx.recorder.warn(
      'candidates_shortened',
      `${omitted} characters of the proposals were left out of what ${judge.model} compares, to fit its context; what goes out is whole`,
    );
}
