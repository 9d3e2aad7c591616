import { estimateToolTokens } from '../../core/estimate.js';
import type { Message } from '../../core/message.js';
import type { Member } from '../../core/mixture.js';
import type { CallRecord } from '../../core/run.js';
import { criticInstructions } from '../../prompts/index.js';
import type { ToolUse } from '../../prompts/tools.js';
import { inRole } from '../call/role.js';
import type { RunContext } from '../context.js';
import { mayAct, stablePrompt, toolsOfWriter } from '../tools/conversation.js';
import { withoutTools } from '../tools/without-tools.js';
import { type Candidate, makeCandidates } from './candidates.js';
import { criticPrompt, openingTurns, type StagePrompt } from './critic-prompt.js';
import type { Prompt } from './write.js';

/** What a critic is asked about whole answers. */
export function mergePrompt(ctx: RunContext, usable: readonly CallRecord[], critic: Member): Prompt {
  const conversation = writersConversation(ctx);
  const candidates = makeCandidates(usable, conversation, candidateContext(ctx, critic), ctx.random);
  warnOmitted(ctx, critic, candidates);
  return critical(ctx, critic, criticPrompt(conversation, candidates, ctx.drawNonce, toolUse(ctx)));
}

/** What a critic is asked that answers without candidates. With tools it keeps its instructions: each turn then begins like the one before. */
export function alonePrompt(ctx: RunContext, critic: Member): Prompt {
  if (!toolsOfWriter(ctx)) return plainPrompt(ctx, critic);
  return asked(ctx, inRole(critic, openingTurns(criticInstructions(true), ctx.request.messages)));
}

/** The conversation as it is, for a single model. */
export function plainPrompt(ctx: RunContext, member: Member): Prompt {
  return asked(ctx, inRole(member, writersConversation(ctx)));
}

/** The prompt of a stage that writes the answer, with the tools that it may call. */
export function critical(ctx: RunContext, critic: Member, { messages, stable }: StagePrompt): Prompt {
  const tools = toolsOfWriter(ctx);
  return { messages: inRole(critic, messages), tools, stable: tools && stable };
}

/** The conversation with its tool calls as they are for whoever is given tools, else as text. */
export function writersConversation(ctx: RunContext): readonly Message[] {
  return toolsOfWriter(ctx) ? ctx.request.messages : withoutTools(ctx.request.messages);
}

export function toolUse(ctx: RunContext): ToolUse {
  return { offered: toolsOfWriter(ctx) !== null, acts: mayAct(ctx) };
}

/** Tokens that a writer can read beside its tools; null where that is not known. */
export function candidateContext(ctx: RunContext, { context }: Member): number | null {
  return context === null ? null : Math.max(0, context - estimateToolTokens(toolsOfWriter(ctx)));
}

/** Tells when candidates had to be shortened for a reader. */
export function warnOmitted(ctx: RunContext, critic: Member, candidates: readonly Candidate[]): void {
  const omitted = candidates.reduce((sum, candidate) => sum + candidate.omitted, 0);
  if (omitted > 0)
    ctx.recorder.warn('candidates_shortened', `${omitted} characters of the proposals were left out to fit the context of ${critic.model}`);
}

function asked(ctx: RunContext, messages: readonly Message[]): Prompt {
  return { messages, tools: toolsOfWriter(ctx), stable: stablePrompt(ctx, messages) };
}
