import type { EventSink } from '../../core/event.js';
import type { CallRecord, RunResult } from '../../core/run.js';
import type { BoundedLabels, Instruments } from './instruments.js';

const TOKEN_KINDS = {
  input_tokens: 'input',
  output_tokens: 'output',
  reasoning_tokens: 'reasoning',
  cached_input_tokens: 'cached',
} as const;

/** Counts one run. Calls are counted at its end, when the price of a cut one may have been learnt. */
export function createRunCounts(counts: Instruments, labels: BoundedLabels, client: string): EventSink {
  const kept = new Set<string>();
  let cut = 0;
  let fallbacks = 0;
  return {
    handle(event) {
      if (event.type === 'call.kept') kept.add(event.call.id);
      else if (event.type === 'proposals') cut += event.cut;
      else if (event.type === 'warning' && event.warning.code === 'writer_failed') fallbacks += 1;
      else if (event.type === 'run.end') countRun(event.result);
    },
  };

  function countRun(result: RunResult): void {
    const mixture = labels.mixture(result.mixture);
    counts.runs.inc({ mixture, strategy: result.strategy, status: result.status });
    if (cut > 0) counts.cut.inc({ mixture }, cut);
    if (fallbacks > 0) counts.fallbacks.inc({ mixture }, fallbacks);
    if (result.answer_source === 'cache') counts.cacheHits.inc({ mixture });
    for (const call of result.calls) {
      if (call.status === 'skipped') continue;
      const of = { mixture, provider: call.provider, model: labels.model(call.provider, call.model) };
      const isKept = kept.has(call.id);
      counts.calls.inc({ ...of, kind: call.kind, outcome: isKept ? 'kept' : call.status });
      // What was kept was waited and paid for by an earlier run.
      if (!isKept) countCall(call, of);
    }
  }

  function countCall(call: CallRecord, of: { mixture: string; provider: string; model: string }): void {
    const { provider, model } = of;
    if (call.error && call.status === 'failed') counts.callFailures.inc({ provider, model, code: call.error.code });
    if (call.first_token_ms !== null) counts.callFirstToken.observe({ provider, model }, call.first_token_ms / 1_000);
    if (call.status === 'answered' && call.duration_ms !== null) counts.callDuration.observe({ provider, model }, call.duration_ms / 1_000);
    countTokens(call, of);
    if (call.cost_usd === null) counts.unpriced.inc(of);
    else if (call.cost_usd > 0) {
      counts.cost.inc(of, call.cost_usd);
      counts.clientCost.inc({ client: labels.client(client) }, call.cost_usd);
    }
  }

  function countTokens({ usage }: CallRecord, of: { mixture: string; provider: string; model: string }): void {
    if (usage === null) return;
    for (const [key, kind] of Object.entries(TOKEN_KINDS)) {
      const tokens = usage[key as keyof typeof TOKEN_KINDS];
      if (tokens > 0) counts.tokens.inc({ ...of, kind }, tokens);
    }
  }
}
