import type { Target } from '../../app/service/service.js';
import { toMomError } from '../../core/error.js';
import type { EventSink } from '../../core/event.js';
import { createRedactor } from '../../observe/redact.js';
import type { Client, GatewayDeps, ServiceLease } from '../context.js';
import { LiveRun } from './live-run.js';
import type { ChatRequest } from './request.js';
import type { RequestKey } from './request-key.js';
import { sourceOf } from './run-source.js';
import type { ChatState } from './runs.js';

export interface RunOrder {
  request: ChatRequest;
  target: Target;
  key: RequestKey;
  client: Client;
  /** The run's own, released at its end: its readers may leave before. */
  lease: ServiceLease;
}

/** Starts the run of a request, with the proposals that an earlier try has left. */
export function startRun(deps: GatewayDeps, state: ChatState, order: RunOrder): LiveRun {
  const { request, target, key, client, lease } = order;
  const { engine, settings, secrets } = lease.service;
  const kept = state.kept.take(key);
  const keep = (run: LiveRun) => state.kept.put(key, run.proposals, settings.serve.retryWindow);
  const live = new LiveRun({
    id: engine.newId(),
    target,
    kept,
    created: Math.floor(deps.clock.date().getTime() / 1_000),
    clean: (text) => createRedactor(secrets).clean(text),
    onAbandoned: keep,
  });
  const sinks = [live, deps.metrics.ofRun(client.name), ...deps.recordersOf(live.id, sourceOf(live.id, order))];
  const running = engine.run(
    {
      messages: request.messages,
      mixture: target.mixture,
      writerParams: request.params,
      tools: request.tools,
      format: request.format,
      kept,
      budgets: client.key ? lease.service.budgetsOf(client.key) : [],
      stream: request.stream,
      signal: live.signal,
    },
    sinks,
    live.id,
  );
  void running
    .then(
      (result) => {
        live.settle(result);
        if (result.status === 'failed' && !live.isAbandoned) keep(live);
      },
      (error: unknown) => {
        live.fail(toMomError(error));
        keep(live);
      },
    )
    .then(() => closeAll(deps, sinks))
    .finally(() => lease.release());
  return live;
}

/** Records are written out after the answer; what goes wrong there is for the operator, not for the client. */
async function closeAll({ log }: GatewayDeps, sinks: readonly EventSink[]): Promise<void> {
  for (const sink of sinks) {
    try {
      await sink.close?.();
    } catch (error) {
      log.warn(`a record of a run could not be finished: ${toMomError(error).message}`);
    }
  }
}
