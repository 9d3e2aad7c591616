import { makeFence } from '../../core/fence.js';
import { type Message, messageText } from '../../core/message.js';
import type { Member } from '../../core/mixture.js';
import type { CallRecord } from '../../core/run.js';
import { finalInstructions, type LayerTask, layerBlock, layerInstructions } from '../../prompts/layers.js';
import { inRole } from '../call/role.js';
import type { RunContext } from '../context.js';
import { makeCandidates } from '../synthesis/candidates.js';
import { stagePrompt } from '../synthesis/critic-prompt.js';
import { warnOmitted } from '../synthesis/synthesize.js';

/** What a layer hands to the one above it. */
export interface Carried {
  /** Whole answers, any of which could go out. */
  candidates: readonly CallRecord[];
  /** What was found in all answers; empty where they are all carried whole. */
  notes: readonly CallRecord[];
}

/** What a member of a middle layer, or the last one, is asked about the layer below. */
export function layerPrompt(ctx: RunContext, task: LayerTask | 'final', below: Carried, member: Member): readonly Message[] {
  const conversation = ctx.request.messages;
  const { nonce, data } = fenced(ctx, below, member);
  const block = layerBlock(task, { candidates: below.candidates.length, notes: below.notes.length, nonce, data });
  return inRole(member, stagePrompt(task === 'final' ? finalInstructions() : layerInstructions(task), conversation, block));
}

/** Candidates first, then the notes; a family has the same letter in both. */
function fenced(ctx: RunContext, { candidates, notes }: Carried, member: Member): { nonce: string; data: string } {
  const conversation = ctx.request.messages;
  const texts = makeCandidates([...candidates, ...notes], conversation, member.context, ctx.random);
  warnOmitted(ctx, member, texts);
  const isNote = new Set(notes.map((record) => record.id));
  const fence = makeFence([...texts.map((text) => text.text), ...conversation.map(messageText)], ctx.drawNonce);
  const wrapped = [false, true].flatMap((wanted) =>
    texts
      .filter((text) => isNote.has(text.proposalId) === wanted)
      .map(({ label, text }) => fence.wrap(label, text, wanted ? 'notes' : 'candidate')),
  );
  return { nonce: fence.nonce, data: wrapped.join('\n\n') };
}
