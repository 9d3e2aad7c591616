import { MomError } from '../../core/error.js';
import type { Member } from '../../core/mixture.js';

/** Ends the calls of a round, each by itself; all of them when the run is stopped. */
export interface Cutters {
  signalOf(member: Pick<Member, 'id'>): AbortSignal;
  /** @param ids of members */
  cut(ids: Iterable<string>, reason: MomError): void;
  cutAll(reason: MomError): void;
  /** The round is over: stops listening to the run. */
  close(): void;
}

export function createCutters(members: readonly Pick<Member, 'id'>[], run: AbortSignal): Cutters {
  const cutters = new Map(members.map((member) => [member.id, new AbortController()]));
  const cut = (ids: Iterable<string>, reason: MomError) => {
    for (const id of ids) cutters.get(id)?.abort(reason);
  };
  const cutAll = (reason: MomError) => cut(cutters.keys(), reason);
  const onStop = () => cutAll(run.reason as MomError);
  if (run.aborted) onStop();
  else run.addEventListener('abort', onStop, { once: true });
  return {
    signalOf: ({ id }) => (cutters.get(id) as AbortController).signal,
    cut,
    cutAll,
    close: () => run.removeEventListener('abort', onStop),
  };
}

/** Why a call was cut, or never made, that nothing depends on any more. */
export function notNeeded(what: 'cut' | 'not asked'): MomError {
  return new MomError('cancelled', `${what}: the outcome was settled without it`);
}
