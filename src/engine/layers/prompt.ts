import { makeFence } from '../../core/fence.js';
import { type Message, messageText } from '../../core/message.js';
import type { Member } from '../../core/mixture.js';
import type { CallRecord } from '../../core/run.js';
import { finalInstructions, type LayerTask, layerBlock, layerInstructions } from '../../prompts/layers.js';
import { inRole } from '../call/role.js';
import type { RunContext } from '../context.js';
import { makeCandidates } from '../synthesis/candidates.js';
import { endingWith, openingTurns, stagePrompt } from '../synthesis/critic-prompt.js';
import { candidateContext, critical, toolUse, warnOmitted, writersConversation } from '../synthesis/prompts.js';
import type { Prompt } from '../synthesis/write.js';
import { withoutTools } from '../tools/without-tools.js';

/** What a layer hands to the one above it. */
export interface Carried {
  /** Whole answers, any of which could go out. */
  candidates: readonly CallRecord[];
  /** What was found in all answers; empty where they are all carried whole. */
  notes: readonly CallRecord[];
}

/** What a member of a middle layer is asked about the layer below. */
export function layerPrompt(ctx: RunContext, task: LayerTask, below: Carried, member: Member): readonly Message[] {
  const conversation = withoutTools(ctx.request.messages);
  const { nonce, data } = fenced(ctx, below, member, conversation, member.context);
  const block = layerBlock(task, { candidates: below.candidates.length, notes: below.notes.length, nonce, data });
  return inRole(member, stagePrompt(layerInstructions(task), conversation, block));
}

/** What the critic is asked about one candidate and the notes of the last middle layer. */
export function finalPrompt(ctx: RunContext, below: Carried, critic: Member): Prompt {
  const conversation = writersConversation(ctx);
  const use = toolUse(ctx);
  const { nonce, data } = fenced(ctx, below, critic, conversation, candidateContext(ctx, critic));
  const counts = { candidates: below.candidates.length, notes: below.notes.length };
  const block = layerBlock('final', { ...counts, nonce, data }, use);
  return critical(ctx, critic, endingWith(block, openingTurns(finalInstructions(use), conversation)));
}

/** Candidates first, then the notes; a family has the same letter in both. */
function fenced(
  ctx: RunContext,
  { candidates, notes }: Carried,
  member: Member,
  conversation: readonly Message[],
  context: number | null,
): { nonce: string; data: string } {
  const texts = makeCandidates([...candidates, ...notes], conversation, context, ctx.random);
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
