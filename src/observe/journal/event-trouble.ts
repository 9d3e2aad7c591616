import type { ErrorInfo } from '../../core/error.js';
import type { RunEvent } from '../../core/event.js';
import type { CallRecord, RunResult, Warning } from '../../core/run.js';

/** How errors and warnings are told. */
export interface Telling {
  error<E extends ErrorInfo>(error: E): E;
  warning(warning: Warning): Warning;
}

/** The event with its errors and warnings told like this; most events have none, and are given back as they are. */
export function retold(event: RunEvent, telling: Telling): RunEvent {
  switch (event.type) {
    case 'call.restart':
      return { ...event, error: telling.error(event.error) };
    case 'call.end':
    case 'call.billed':
    case 'call.kept':
    case 'call.skipped':
      return event.call.error === null ? event : { ...event, call: retoldCall(event.call, telling) };
    case 'warning':
      return { ...event, warning: telling.warning(event.warning) };
    case 'outcome':
      return event.error === null ? event : { ...event, error: telling.error(event.error) };
    case 'run.end':
      return hasTrouble(event.result) ? { ...event, result: retoldResult(event.result, telling) } : event;
    default:
      return event;
  }
}

function hasTrouble({ error, warnings, proposals, calls }: RunResult): boolean {
  return error !== null || warnings.length > 0 || [...proposals, ...calls].some((call) => call.error !== null);
}

function retoldResult(result: RunResult, telling: Telling): RunResult {
  return {
    ...result,
    proposals: result.proposals.map((call) => retoldCall(call, telling)),
    critic: result.critic && retoldCall(result.critic, telling),
    calls: result.calls.map((call) => retoldCall(call, telling)),
    warnings: result.warnings.map(telling.warning),
    error: result.error && telling.error(result.error),
  };
}

function retoldCall(call: CallRecord, telling: Telling): CallRecord {
  return call.error === null ? call : { ...call, error: telling.error(call.error) };
}
