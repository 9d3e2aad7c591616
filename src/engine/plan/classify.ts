import { formatDuration } from '../../core/duration.js';
import { isMomError, MomError } from '../../core/error.js';
import { makeFence } from '../../core/fence.js';
import { CLASSIFIER_TIMEOUT, LINE_TOKENS, MAX_CRITIC_RETRY_AFTER } from '../../core/limits.js';
import { type Message, messageText } from '../../core/message.js';
import type { Member } from '../../core/mixture.js';
import type { Plan } from '../../core/plan.js';
import { ROUTE } from '../../core/reply-marks.js';
import type { CallRecord, Warning } from '../../core/run.js';
import { classifierInstructions, requestBlock } from '../../prompts/classify.js';
import { callModel } from '../call/call.js';
import { whyFailed } from '../call/why-failed.js';
import { type RunContext, stopReason } from '../context.js';
import { capError } from '../money/spend.js';
import { admit } from './admit.js';
import { participant } from './participant.js';
import { reroute, type Verdict } from './route.js';

/** So much of the request the classifier sees, in characters: its beginning, and a smaller part of its end. */
const SHOWN = { beginning: 3_000, end: 1_000 } as const;

const REPLY = new RegExp(`${ROUTE}[\\s*_\`]*(simple|medium|complex)\\b(?:[\\s,;/|*_\`]+(code|writing|analysis|math|other)\\b)?`, 'gi');

/**
 * Asks the cheap classifier where the rules could not decide, and changes the plan to what it says. Its failure never
 * stops a run and never counts against it: then the plan made by rules stays, with one warning.
 */
export async function classify(ctx: RunContext): Promise<RunContext> {
  const { classifier } = ctx.plan;
  if (classifier === null || stopReason(ctx) || capError(ctx)) return ctx;
  const record = await ask(ctx, classifier);
  if (stopReason(ctx)) return ctx;
  const verdict = record.status === 'answered' ? parseVerdict(record.text ?? '') : null;
  if (verdict === null) return unsorted(ctx, classifier, record.error ? whyFailed(record) : 'its reply names no route');
  const plan = replan(ctx, classifier, verdict);
  if (isMomError(plan)) return unsorted(ctx, classifier, plan.message);
  tell(ctx, plan);
  return { ...ctx, plan };
}

/** What a reply says; the last word counts. Null when it says nothing that is known. */
export function parseVerdict(reply: string): Verdict | null {
  const last = [...reply.matchAll(REPLY)].at(-1);
  if (!last) return null;
  const difficulty = last[1]?.toLowerCase() as Verdict['difficulty'];
  return { difficulty, task: (last[2]?.toLowerCase() as Verdict['task'] | undefined) ?? null };
}

async function ask(ctx: RunContext, classifier: Member): Promise<CallRecord> {
  const limit = new AbortController();
  const stopTimer = ctx.clock.after(CLASSIFIER_TIMEOUT, () =>
    limit.abort(new MomError('timeout', `${classifier.model} had not answered after ${formatDuration(CLASSIFIER_TIMEOUT)}`)),
  );
  const messages = prompt(ctx);
  try {
    return await callModel(ctx, {
      kind: 'router',
      member: classifier,
      layer: 0,
      messages,
      record: messages,
      // Its one line must not be cut by a limit that is meant for answers.
      params: { ...classifier.params, max_tokens: undefined },
      output: LINE_TOKENS,
      signal: AbortSignal.any([ctx.signal, limit.signal]),
      maxRetryAfter: MAX_CRITIC_RETRY_AFTER,
      canRestart: () => true,
      onText: () => {},
      onRestart: () => {},
    });
  } finally {
    stopTimer();
  }
}

function prompt({ request, drawNonce }: RunContext): Message[] {
  const last = request.messages.findLast((message) => message.role === 'user');
  const text = shortened(last ? messageText(last) : '');
  const { nonce } = makeFence([text], drawNonce);
  return [
    { role: 'system', content: classifierInstructions(ROUTE) },
    { role: 'user', content: requestBlock({ mark: ROUTE, nonce, request: text }) },
  ];
}

function shortened(text: string): string {
  const omitted = text.length - SHOWN.beginning - SHOWN.end;
  if (omitted <= 0) return text;
  return `${text.slice(0, SHOWN.beginning)}\n[... ${omitted} characters left out ...]\n${text.slice(-SHOWN.end)}`;
}

/** The plan for the verdict; a MomError when it can't be run. */
function replan(ctx: RunContext, classifier: Member, verdict: Verdict): Plan | MomError {
  try {
    return admit(reroute(ctx.request, classifier, verdict), ctx.request, ctx.catalog);
  } catch (error) {
    if (isMomError(error)) return error;
    throw error;
  }
}

function tell({ plan: before, recorder }: RunContext, plan: Plan): void {
  const { mixture, strategy, reason, proposers, writers } = plan;
  recorder.emit({
    type: 'route',
    mixture: mixture.name,
    strategy,
    route_reason: reason,
    quorum: mixture.quorum,
    min_answers: mixture.minAnswers,
    proposers: proposers.map(participant),
    critics: writers.map(participant),
  });
  const isNew = (warning: Warning) => !before.warnings.some((told) => told.message === warning.message);
  for (const { code, message } of plan.warnings.filter(isNew)) recorder.warn(code, message);
}

function unsorted(ctx: RunContext, classifier: Member, why: string): RunContext {
  ctx.recorder.warn('classifier_failed', `${classifier.model} could not sort the request: ${why}; the strategy chosen by rules stays`);
  return ctx;
}
