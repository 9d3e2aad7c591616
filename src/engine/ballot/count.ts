import type { Member } from '../../core/mixture.js';

/** Who may vote: models of one family share one vote. */
export type Voter = Pick<Member, 'id' | 'family' | 'weight'>;

/** A count of answers. `winner` is null while nobody has voted. */
export interface Ballot {
  /** All who may vote, in config order. */
  readonly voters: readonly Voter[];
  /** Canonical answers by the voter's id; who is not in it has no vote, or none yet. */
  readonly answers: ReadonlyMap<string, string>;
  /** Votes by answer, those of the heaviest voters first. */
  readonly votes: ReadonlyMap<string, number>;
  readonly winner: string | null;
}

/** Sums of thirds and sevenths are compared with this much tolerance. */
const DUST = 1e-9;

/** Counts the answers: the most support wins, a tie goes to the heaviest single voter's answer, then to the first in config order. */
export function count(voters: readonly Voter[], answers: ReadonlyMap<string, string>): Ballot {
  const shared = groups(voters);
  const votes = new Map<string, number>();
  let winner: string | null = null;
  let most = 0;
  for (const answer of new Set(byWeight(voters).flatMap((voter) => answers.get(voter.id) ?? []))) {
    const support = supportOf(shared, answers, answer);
    votes.set(answer, support);
    if (support > most + DUST) {
      winner = answer;
      most = support;
    }
  }
  return { voters, answers, votes, winner };
}

/** The ids of those who gave the winner, the heaviest first, then in config order. */
export function winners({ voters, answers, winner }: Ballot): string[] {
  return byWeight(voters.filter((voter) => winner !== null && answers.get(voter.id) === winner)).map((voter) => voter.id);
}

/** The heaviest first, in config order among equals. */
export function byWeight<T extends Voter>(voters: readonly T[]): T[] {
  return voters.toSorted((a, b) => b.weight - a.weight);
}

/**
 * True when nothing that voters not yet heard may say, and no silence of theirs, can change the winner.
 * @param stillOut ids of voters that may still vote
 */
export function settled(ballot: Ballot, stillOut: ReadonlySet<string>): boolean {
  const { voters, answers, winner } = ballot;
  if (stillOut.size === 0) return true;
  if (winner === null) return false;
  const rivals = new Set([...answers.values(), NEW_ANSWER]);
  rivals.delete(winner);
  return [...rivals].every((rival) => {
    const lead = -sum(groups(voters).map((group) => worstLead(group, answers, stillOut, rival, winner)));
    return lead > DUST || (lead > -DUST && ranksFirst(ballot, winner, rival, stillOut));
  });
}

/** How many voters, the heaviest first, settle the outcome when they agree; two at least where there are two. */
export function fewestToSettle(voters: readonly Voter[]): number {
  const order = byWeight(voters);
  const agreed = (n: number) => count(voters, new Map(order.slice(0, n).map((voter) => [voter.id, 'same'])));
  for (let n = 2; n < order.length; n++) if (settled(agreed(n), new Set(order.slice(n).map((voter) => voter.id)))) return n;
  return order.length;
}

/** How many of those not yet asked, the heaviest first, settle the outcome if they agree with each other, or with an answer that leads. */
export function fewestMore(ballot: Ballot, stillOut: readonly Voter[]): number {
  const order = byWeight(stillOut);
  const options = [...leading(ballot), NEW_ANSWER];
  for (let n = 1; n < order.length; n++) {
    const rest = new Set(order.slice(n).map((voter) => voter.id));
    for (const option of options) {
      const answers = new Map([...ballot.answers, ...order.slice(0, n).map((voter): [string, string] => [voter.id, option])]);
      if (settled(count(ballot.voters, answers), rest)) return n;
    }
  }
  return order.length;
}

/** The answers with the most support: an agreement with one of them settles the most. */
function leading({ votes }: Ballot): string[] {
  return [...votes]
    .sort(([, a], [, b]) => b - a)
    .slice(0, LEADERS)
    .map(([answer]) => answer);
}

/** So many leading answers are looked at: all of them where a few models answer, and of a hundred answers not each with each. */
const LEADERS = 3;

/** Stands for any answer that nobody has given yet: no text holds it. */
const NEW_ANSWER = '\u0000';

/** Voters that share a vote: families, or each on its own where all are of one family. */
function groups(voters: readonly Voter[]): Voter[][] {
  const families = new Map<string, Voter[]>();
  for (const voter of voters) {
    const family = families.get(voter.family);
    if (family) family.push(voter);
    else families.set(voter.family, [voter]);
  }
  return families.size === 1 ? voters.map((voter) => [voter]) : [...families.values()];
}

/** A family has the vote of the heaviest of its members that answered, split among their answers by weight. */
function supportOf(shared: readonly Voter[][], answers: ReadonlyMap<string, string>, answer: string): number {
  let votes = 0;
  for (const group of shared) {
    const backing = group.filter((voter) => answers.get(voter.id) === answer);
    if (backing.length === 0) continue;
    const heard = group.filter((voter) => answers.has(voter.id));
    votes += share(heard, weigh(backing));
  }
  return votes;
}

function share(heard: readonly Voter[], weight: number): number {
  return heard.length === 0 ? 0 : (Math.max(...heard.map((voter) => voter.weight)) * weight) / weigh(heard);
}

/**
 * The most by which a group may put `rival` before `winner`. Whoever answers harms the winner most by naming the rival;
 * only a voter heavier than all others of its family may harm more by silence, because it would make the family's vote
 * larger. So trying each weight as the heaviest that answers finds the worst case.
 */
function worstLead(
  group: readonly Voter[],
  answers: ReadonlyMap<string, string>,
  stillOut: ReadonlySet<string>,
  rival: string,
  winner: string,
): number {
  const heard = group.filter((voter) => answers.has(voter.id));
  const out = group.filter((voter) => stillOut.has(voter.id) && !answers.has(voter.id));
  const gap = weigh(heard.filter((v) => answers.get(v.id) === rival)) - weigh(heard.filter((v) => answers.get(v.id) === winner));
  const bounds = [0, ...out.map((voter) => voter.weight)];
  return Math.max(
    ...bounds.map((bound) => {
      const joining = out.filter((voter) => voter.weight <= bound);
      return share([...heard, ...joining], gap + weigh(joining));
    }),
  );
}

/** True when `winner` is preferred in a tie, even if all who are still out name `rival`. */
function ranksFirst({ voters, answers }: Ballot, winner: string, rival: string, stillOut: ReadonlySet<string>): boolean {
  const first = byWeight(voters).find((voter) => {
    const answer = answers.get(voter.id);
    return answer === winner || answer === rival || (answer === undefined && stillOut.has(voter.id));
  });
  return first !== undefined && answers.get(first.id) === winner;
}

function weigh(voters: readonly Voter[]): number {
  return sum(voters.map((voter) => voter.weight));
}

function sum(numbers: readonly number[]): number {
  return numbers.reduce((total, number) => total + number, 0);
}
