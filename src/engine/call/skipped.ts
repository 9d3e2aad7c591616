import type { Member } from '../../core/mixture.js';
import { NOT_MADE } from '../../core/run.js';
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
        provider,
        family,
        role: role?.name ?? null,
        layer,
        ...NOT_MADE,
      },
    });
  }
}
