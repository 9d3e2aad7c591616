import { LAYERS } from '../../core/limits.js';
import { defaultQuorum, type Member } from '../../core/mixture.js';
import type { Plan } from '../../core/plan.js';
import { NOTHING_TO_ADD } from '../../core/reply-marks.js';
import type { CallRecord } from '../../core/run.js';
import { bestProposal } from '../ballot/best-proposal.js';
import { type RunContext, stopReason } from '../context.js';
import { panelIsWhole } from '../outcome.js';
import { type Panel, propose } from '../panel/propose.js';
import { saysMark } from '../synthesis/reply-mark.js';
import { addsWords } from './adds.js';
import { type Carried, layerPrompt } from './prompt.js';

/** What the last layer gets. */
export interface Summit extends Carried {
  /** False when a layer brought less than it needed to. */
  whole: boolean;
}

/** The layers between proposers and final synthesis, by number. */
export function middleLayers({ mixture }: Plan): number[] {
  const count = mixture.rules.layers.count ?? LAYERS.default;
  return Array.from({ length: count - 2 }, (_, i) => i + 2);
}

/** Who works in the middle layers. */
export function aggregatorsOf({ mixture, proposers }: Plan): readonly Member[] {
  const { aggregators } = mixture.rules.layers;
  return aggregators.length > 0 ? aggregators : proposers;
}

/**
 * Goes up the middle layers as far as each adds something. A layer that fails is passed over; time or money that is up
 * ends the climb.
 */
export async function climb(ctx: RunContext, first: Panel): Promise<Summit> {
  let reached: Carried = { candidates: first.usable, notes: [] };
  let whole = panelIsWhole(ctx, first);
  for (const layer of middleLayers(ctx.plan)) {
    if (stopReason(ctx)) break;
    const replies = await askLayer(ctx, layer, reached);
    whole &&= replies.whole;
    if (replies.unaffordable) break;
    if (replies.usable.length === 0) continue;
    const texts = replies.usable.filter((record) => !saysMark(record.text ?? '', NOTHING_TO_ADD));
    if (texts.length === 0) break;
    const below = reached;
    reached = carry(ctx, first, below, texts, texts.length < replies.usable.length);
    if (!addSomething(ctx, texts, below)) break;
  }
  return { ...reached, whole };
}

interface Replies {
  usable: CallRecord[];
  /** At least the quorum answered, and every required member did. */
  whole: boolean;
  /** Nobody was asked for want of money. */
  unaffordable: boolean;
}

async function askLayer(ctx: RunContext, layer: number, below: Carried): Promise<Replies> {
  const { carry, aggregators } = ctx.plan.mixture.rules.layers;
  const members = aggregatorsOf(ctx.plan);
  const quorum = aggregators.length > 0 ? defaultQuorum(members.length) : ctx.plan.mixture.quorum;
  const task = carry === 'gaps' ? 'notes' : 'answer';
  const { proposals, usable } = await propose(ctx, {
    members,
    layer,
    quorum,
    messages: (member) => layerPrompt(ctx, task, below, member),
  });
  const unaffordable = proposals.every((record) => record.status === 'skipped');
  if (usable.length === 0 && !unaffordable && !stopReason(ctx))
    ctx.recorder.warn('layer_failed', `no model of layer ${layer} answered; the run goes on with what the layer below brought`);
  const missing = members.some((member, i) => member.required && !usable.includes(proposals[i] as CallRecord));
  return { usable, whole: usable.length >= quorum && !missing, unaffordable };
}

/**
 * What goes up. `gaps`: the notes, and the best answer of the first layer, so that its format and code survive. `full`:
 * the new answers; who had nothing to add stands by what it read, so the best of that stays among them.
 */
function carry(ctx: RunContext, first: Panel, below: Carried, texts: CallRecord[], someAgree: boolean): Carried {
  if (ctx.plan.mixture.rules.layers.carry === 'gaps') return { candidates: best(ctx, first.usable), notes: texts };
  return { candidates: someAgree ? [...texts, ...best(ctx, below.candidates)] : texts, notes: [] };
}

function best(ctx: RunContext, records: readonly CallRecord[]): CallRecord[] {
  const record = bestProposal(records, [...ctx.plan.proposers, ...aggregatorsOf(ctx.plan)], ctx);
  return record ? [record] : [];
}

/** Notes that were worth writing always do; an answer does when it says what none below it says. */
function addSomething(ctx: RunContext, texts: readonly CallRecord[], below: Carried): boolean {
  if (ctx.plan.mixture.rules.layers.carry === 'gaps') return true;
  const known = below.candidates.map((record) => record.text ?? '');
  return texts.some((record) => addsWords(record.text ?? '', known));
}
