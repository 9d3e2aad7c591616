import type { Message } from '../../core/message.js';
import type { Plan } from '../../core/plan.js';
import type { RunRequest, Warning } from '../../core/run.js';
import { mayCallTools } from '../../core/tool.js';
import { callsTools, mayAct } from '../tools/conversation.js';
import { rewritingOf } from './plan-of.js';
import { isReminder } from './reminders.js';

/** True when the last thing said is what a tool has answered; system prompts and what the agent itself reminds of are not said by anybody. */
export function isToolTurn(messages: readonly Message[]): boolean {
  return messages.findLast((message) => !isAside(message))?.role === 'tool';
}

function isAside(message: Message): boolean {
  return message.role === 'system' || message.role === 'developer' || isReminder(message);
}

/** What tools change about a plan, whoever has made it. */
export function withTools(plan: Plan, request: RunRequest): Plan {
  return warned(exact(afterResult(plan, request), request), request);
}

/** Only the critics may act on what a tool said. */
export function criticsGoOn(plan: Plan, reason: string): Plan {
  return { ...plan, strategy: 'single', proposers: [], writers: plan.mixture.critics, goesOn: true, reason };
}

function afterResult(plan: Plan, { messages }: RunRequest): Plan {
  const { strategy, mixture, reason } = plan;
  if (!isToolTurn(messages) || strategy === 'single' || !callsTools(strategy) || mixture.critics.length === 0) return plan;
  return criticsGoOn(plan, `${reason}; a tool has answered, so the critic goes on alone`);
}

/** Nobody works on an answer that may be tool calls. */
function exact(plan: Plan, request: RunRequest): Plan {
  const rewriting = rewritingOf(plan.mixture);
  if (rewriting.length === 0 || !mayAct({ plan, request })) return plan;
  const reason = `${plan.reason}; without ${rewriting.join(' and ')}, since tools may be called`;
  return { ...plan, mixture: { ...plan.mixture, refine: 0, verify: null }, reason };
}

function warned(plan: Plan, request: RunRequest): Plan {
  if (!mayCallTools(request.tools) || mayAct({ plan, request })) return plan;
  const why = callsTools(plan.strategy)
    ? `mixture '${plan.mixture.name}' has no critic, who alone may call them`
    : `strategy '${plan.strategy}' calls none; 'fuse' does`;
  const warning: Warning = { code: 'no_effect', message: `the tools of the request have no effect: ${why}` };
  return { ...plan, warnings: [...plan.warnings, warning] };
}
