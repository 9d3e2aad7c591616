import type { Mixture } from '../../core/mixture.js';
import type { CallRecord } from '../../core/run.js';

/** A place in a panel where a proposal of an earlier run may sit: the call that need not be made. */
interface Seat {
  id: string;
  provider: string;
  model: string;
  role: string | null;
  layer: number;
}

/**
 * The answers of an earlier run to the question itself that a mixture would ask for again, under the ids that its calls
 * would have; and those that nobody asks for now. Each fills one seat of a panel: the one it had, else one of the same
 * model in the same role.
 */
export function usedAgain(proposals: readonly CallRecord[], mixture: Mixture): { kept: CallRecord[]; unused: CallRecord[] } {
  const answers = proposals.filter(isFirstAnswer);
  // Where `auto` decides, only one of these panels will be asked.
  const seated = [mixture, ...Object.values(mixture.auto.routes)].flatMap((panel) => seat(answers, seatsOf(panel)));
  return { kept: seated.map(({ kept }) => kept), unused: answers.filter((answer) => !seated.some(({ from }) => from === answer)) };
}

/** Later layers and rounds were asked about answers that may be others now; their ids have a point. */
function isFirstAnswer({ status, id, text }: CallRecord): boolean {
  return status === 'answered' && !id.includes('.') && (text ?? '').trim() !== '';
}

function seatsOf({ proposers, strategy, rules }: Mixture): Seat[] {
  const { tiers } = rules.cascade;
  const tierOf = (id: string) => (strategy === 'cascade' ? tiers.findIndex((tier) => tier.some((member) => member.id === id)) : -1);
  return proposers.map(({ id, provider, model, role }) => ({
    id,
    provider,
    model,
    role: role?.name ?? null,
    layer: Math.max(tierOf(id), 0) + 1,
  }));
}

function seat(answers: readonly CallRecord[], seats: readonly Seat[]): { kept: CallRecord; from: CallRecord }[] {
  const free = new Set(answers.filter((answer) => seats.some((each) => fits(answer, each))));
  const taken = new Map<Seat, CallRecord>();
  for (const sameId of [true, false]) {
    for (const each of seats) {
      if (taken.has(each)) continue;
      const answer = [...free].find((one) => fits(one, each) && (!sameId || one.id === each.id));
      if (!answer) continue;
      taken.set(each, answer);
      free.delete(answer);
    }
  }
  return seats.flatMap((each) => {
    const from = taken.get(each);
    return from ? [{ from, kept: { ...from, id: each.id, layer: each.layer } }] : [];
  });
}

function fits(answer: CallRecord, { provider, model, role }: Seat): boolean {
  return answer.provider === provider && answer.model === model && answer.role === role;
}
