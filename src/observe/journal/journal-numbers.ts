import type { ErrorInfo } from '../../core/error.js';
import type { RunEvent } from '../../core/event.js';
import type { RunOrigin } from '../../core/history.js';
import { STANDARD_ROLES } from '../../core/roles.js';
import type { CallRecord, RunResult, Warning } from '../../core/run.js';

/** Why an answer ended is a word of the API's; a provider may send anything. */
const WORD = /^[a-z_]{1,32}$/;
/** A provider names the model that answered as it likes. */
const MODEL_ID = /^[\w.:/~@+-]{1,200}$/;

/** What may be kept of an event where texts are not: who was asked, when, how long it took, what it cost. Null: nothing of it. */
export function numbersOf(event: RunEvent): RunEvent | null {
  switch (event.type) {
    case 'run.start':
      return { ...event, ...numbersOfRoute(event), messages: [] };
    case 'route':
      return { ...event, ...numbersOfRoute(event) };
    case 'call.start':
      return { ...event, call: { ...event.call, role: knownRole(event.call.role) }, messages: null };
    case 'call.restart':
      return { ...event, error: onlyCode(event.error) };
    case 'call.end':
    case 'call.billed':
    case 'call.kept':
    case 'call.skipped':
      return { ...event, call: numbersOfCall(event.call) };
    case 'warning':
      return { ...event, warning: numbersOfWarning(event.warning) };
    case 'outcome':
      return { ...event, ...NO_ANSWER, finish_reason: matching(event.finish_reason, WORD), error: event.error && onlyCode(event.error) };
    case 'run.end':
      return { ...event, result: numbersOfResult(event.result) };
    case 'quorum':
    case 'proposals':
    case 'answer.start':
      return event;
    case 'call.delta':
    case 'answer.delta':
    case 'answer.tool_call':
      return null;
  }
}

/** What may be kept of where a run comes from. */
export function numbersOfOrigin(origin: RunOrigin): RunOrigin {
  const { role, ...choice } = origin.choice;
  const known = typeof role === 'string' ? knownRole(role) : null;
  return { ...origin, choice: known === null ? choice : { ...choice, role: known }, format: null };
}

const NO_ANSWER = { answer: null, tool_calls: [] } as const;

type Route = Pick<Extract<RunEvent, { type: 'route' }>, 'proposers' | 'critics'>;

function numbersOfRoute({ proposers, critics }: Route): Route {
  const numbers = (members: Route['proposers']) => members.map((member) => ({ ...member, role: knownRole(member.role) }));
  return { proposers: numbers(proposers), critics: numbers(critics) };
}

function numbersOfCall(call: CallRecord): CallRecord {
  return {
    ...call,
    resolved_model: matching(call.resolved_model, MODEL_ID),
    role: knownRole(call.role),
    text: null,
    tool_calls: [],
    finish_reason: matching(call.finish_reason, WORD),
    error: call.error && onlyCode(call.error),
  };
}

function numbersOfResult(result: RunResult): RunResult {
  return {
    ...result,
    ...NO_ANSWER,
    finish_reason: matching(result.finish_reason, WORD),
    proposals: result.proposals.map(numbersOfCall),
    critic: result.critic && numbersOfCall(result.critic),
    calls: result.calls.map(numbersOfCall),
    warnings: result.warnings.map(numbersOfWarning),
    error: result.error && onlyCode(result.error),
  };
}

function numbersOfWarning({ code }: Warning): Warning {
  return { code, message: code };
}

function onlyCode<T extends ErrorInfo>(error: T): T {
  return { ...error, message: error.code, hint: null };
}

/** A role is a name of ours, or else a text or a name of the user's. */
function knownRole(role: string | null): string | null {
  return role !== null && Object.hasOwn(STANDARD_ROLES, role) ? role : null;
}

function matching(text: string | null, form: RegExp): string | null {
  return text !== null && form.test(text) ? text : null;
}
