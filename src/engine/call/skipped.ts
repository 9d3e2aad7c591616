import type { Member } from '../../core/mixture.js';
import type { RunContext } from '../context.js';

/** Tells of members that were never asked, because the outcome was settled before their turn. */
export function skip(ctx: RunContext, members: readonly Member[], layer: number): void {
  for (const { id, model, provider, family, role } of members) {
    ctx.recorder.emit({
      type: 'call.skipped',
      call: {
        id,
        kind: 'proposer',
        model,
        resolved_model: null,
        provider,
        family,
        role: role?.name ?? null,
        layer,
        status: 'skipped',
        text: null,
        finish_reason: null,
        error: null,
        usage: null,
        cost_usd: null,
        cost_source: 'unknown',
        confidence: null,
        first_token_ms: null,
        duration_ms: null,
        attempts: 0,
      },
    });
  }
}
