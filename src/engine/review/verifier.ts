import type { Member, VerifyRule } from '../../core/mixture.js';
import type { Plan } from '../../core/plan.js';

/** Who wrote a draft, as far as it matters for who may check it. */
export type Author = Pick<Member, 'model' | 'family'>;

/** A model that checks a draft, and what is not as it should be about it; null when all is well. */
export interface Choice {
  verifier: Member;
  flaw: string | null;
}

/**
 * Who answers the check questions: the configured verifier, else the first member of the plan, then of the mixture,
 * whose family is not the author's, and if possible not that of `self`, who has read the draft. Models of one family tend
 * to err alike; where there is no second one, another model is the next best, and the last is `self`.
 * @param self writes the questions and may write the draft anew
 */
export function chooseVerifier(plan: Plan, rule: VerifyRule, author: Author, self: Member): Choice {
  const { mixture, writers, proposers } = plan;
  const all = rule.verifier ? [rule.verifier] : [...writers, ...proposers, ...mixture.critics, ...mixture.proposers];
  const others = all.filter((member) => member.family !== author.family);
  const other = others.find((member) => member.family !== self.family) ?? others[0];
  if (other) return { verifier: other, flaw: null };
  const sibling = all.find((member) => member.model !== author.model);
  const verifier = sibling ?? rule.verifier ?? self;
  const isAuthor = verifier.model === author.model;
  return { verifier, flaw: isAuthor ? 'the model that wrote it' : `${verifier.model}, which is of the same family as its author` };
}
