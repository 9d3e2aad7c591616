import type { Message } from '../../core/message.js';
import type { Member, RunStrategy } from '../../core/mixture.js';
import type { StablePrefix } from '../../core/model-client.js';
import type { RunRequest } from '../../core/run.js';
import { mayCallTools, type ToolOffer } from '../../core/tool.js';
import { proposerTools } from '../../prompts/tools.js';
import { inRole, withSystemText } from '../call/role.js';
import type { RunContext } from '../context.js';
import { sendsProposals } from '../panel/verbatim.js';
import { withoutTools } from './without-tools.js';

type Run = Pick<RunContext, 'plan' | 'request'>;

/** True where the call that writes the answer may call tools; in the other strategies a proposal goes out as it stands. */
export function callsTools(strategy: RunStrategy): boolean {
  return !sendsProposals(strategy);
}

/** What the call that writes the answer is given, also where this time it may call none of them; null: no tools. */
export function toolsOfWriter({ plan, request: { tools } }: Run): ToolOffer | null {
  return tools && tools.tools.length > 0 && callsTools(plan.strategy) && plan.writers.length > 0 ? tools : null;
}

/** True when the answer may be tool calls. */
export function mayAct(run: Run): boolean {
  return mayCallTools(toolsOfWriter(run));
}

/** All proposers see the same. */
const shown = new WeakMap<RunRequest, readonly Message[]>();

/** What a proposer is asked: no tools of its own, but what the one who writes the answer can call, as text. */
export function proposerMessages(run: Run, member: Member): readonly Message[] {
  const { request } = run;
  const plain = withoutTools(request.messages);
  const offer = toolsOfWriter(run);
  if (!mayCallTools(offer)) return inRole(member, plain);
  const known = shown.get(request) ?? withSystemText(plain, proposerTools(offer.tools));
  shown.set(request, known);
  return inRole(member, known);
}

/** What of a prompt without candidates the next turn begins with too: all of it, where an agent's loop is under way. */
export function stablePrompt({ request }: Run, messages: readonly Message[]): StablePrefix | null {
  return request.tools && request.tools.tools.length > 0 ? { messages: messages.length, characters: null } : null;
}
