import type { CallRecord, RunRequest } from '../../core/run.js';
import { type Ask, callId } from '../call/call.js';

/** A kept proposal was paid and waited for in another run. */
const FREE = { usage: null, cost_usd: 0, cost_source: 'reported', attempts: 0, first_token_ms: 0, duration_ms: 0 } as const;

/** The proposal that an earlier run of the same request has from this very call, with nothing left to pay; null where there is none. */
export function keptProposal({ kept = [] }: RunRequest, ask: Pick<Ask, 'id' | 'kind' | 'member' | 'layer'>): CallRecord | null {
  const { member, layer } = ask;
  const record = kept.find(
    (each) =>
      each.kind === 'proposer' &&
      each.status === 'answered' &&
      each.id === callId(ask) &&
      each.provider === member.provider &&
      each.model === member.model &&
      each.layer === layer &&
      (each.text ?? '').trim() !== '',
  );
  return record ? { ...record, ...FREE } : null;
}
