import { createJudging, type JudgingDeps } from '../../../../src/app/eval/judging/index.js';
import type { AnswerPair } from '../../../../src/app/eval/judging/judging.js';
import type { JudgeSeat } from '../../../../src/app/eval/judging/seat.js';
import { createClient } from '../../../../src/client/index.js';
import { sandboxedProvider, sandboxProviders } from '../../../../src/config/providers/provider.js';
import type { EvalPrompt } from '../../../../src/core/eval/prompt.js';
import type { Judgement } from '../../../../src/core/eval/records.js';
import { createEngine, type Engine, type EngineDeps } from '../../../../src/engine/index.js';
import { FakeClock } from '../../../support/fake-clock.js';
import { member, mixture } from '../../../support/mixture.js';
import { ScriptedClient, type Step } from '../../../support/scripted-client.js';

/** A prompt without a reference. */
export function prompt(question = 'Which is the largest planet?', more: Partial<EvalPrompt> = {}): EvalPrompt {
  return { id: '1', messages: [{ role: 'user', content: question }], reference: null, kind: 'other', answer_file: null, ...more };
}

export function pairOf(a: string | null, b: string | null, asked: EvalPrompt = prompt()): AnswerPair {
  return { prompt: asked, a: { name: 'ours', text: a }, b: { name: 'theirs', text: b } };
}

export function seat(model: string, more: Partial<JudgeSeat> = {}): JudgeSeat {
  const single = member('s1', model);
  return { name: model, family: model, in_panel: false, mixture: mixture([], [], { strategy: 'single', single }), ...more };
}

/** A store in memory. */
export function memoryStore() {
  const kept = new Map<string, Judgement>();
  return {
    kept,
    judgement: (key: string) => kept.get(key) ?? null,
    keepJudgement: (key: string, judgement: Judgement) => void kept.set(key, judgement),
  };
}

export function judgingWith(engine: Pick<Engine, 'run' | 'plan' | 'newId'>, judges: readonly JudgeSeat[], more: Partial<JudgingDeps> = {}) {
  return createJudging({
    engine,
    judges,
    store: memoryStore(),
    realm: 'here',
    refresh: false,
    budgets: [],
    signal: new AbortController().signal,
    seed: 1,
    recordersOf: () => [],
    onLook: () => {},
    ...more,
  });
}

/** Judges whose replies are played one after the other; the last one again and again. */
export function scripted(replies: Record<string, readonly (readonly Step[])[]>, deps: Partial<EngineDeps> = {}) {
  const clock = new FakeClock();
  const client = new ScriptedClient(clock, {});
  const counts = new Map<string, number>();
  const inner = client.call.bind(client);
  client.call = async function* (request) {
    client.requests.push(request);
    const turn = counts.get(request.model) ?? 0;
    counts.set(request.model, turn + 1);
    const list = replies[request.model] ?? [];
    const steps = list[Math.min(turn, list.length - 1)];
    if (!steps) yield* inner(request);
    for (const step of steps ?? []) {
      if ('type' in step) yield step;
      else if ('fail' in step) throw step.fail;
    }
  };
  const engine = createEngine({ client, clock, ...deps });
  return { engine, client };
}

/** An engine that asks a sandbox. */
export function sandboxEngine(url: string): Engine {
  const providers = sandboxProviders([sandboxedProvider('test')], url);
  return createEngine({ client: createClient({ providers, env: {} }) });
}
