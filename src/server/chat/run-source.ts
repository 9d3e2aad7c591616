import type { Target } from '../../app/service/service.js';
import type { MixtureChoice } from '../../config/wishes.js';
import type { Client, RunSource } from '../context.js';
import type { ChatRequest } from './request.js';

interface Asked {
  client: Client;
  request: ChatRequest;
  target: Target;
}

/** Where a run of the gateway comes from, for its record. */
export function sourceOf(runId: string, { client, request, target }: Asked): RunSource {
  return {
    door: 'serve',
    client: client.name,
    parent: null,
    link: null,
    conversation: runId,
    choice: { ...choiceOf(target) },
    format: request.format,
    tools: request.tools !== null,
  };
}

/** What has to be asked for in the shell so that the same models are. */
function choiceOf({ isPassedOn, mixture }: Target): MixtureChoice {
  const { single, name, strategy, strategyChosen } = mixture;
  if (isPassedOn && single) return { models: [`${single.provider}:${single.model}`], strategy: 'single' };
  return { mixture: name, ...(strategyChosen ? { strategy } : {}) };
}
