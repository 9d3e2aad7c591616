import type { Comparison } from '../../../core/eval/data.js';
import type { EvalPrompt } from '../../../core/eval/prompt.js';
import type { JudgeFacts } from '../../../eval/report/index.js';

/** Each judge looks at a pair in both orders. */
export const LOOKS = 2;

/** Calls of one look at most: a reply that can't be read is asked for once more. */
export const CALLS_OF_LOOK = 2;

/** Two answers to one prompt; a contestant that failed has no text. */
export interface AnswerPair {
  prompt: EvalPrompt;
  a: { name: string; text: string | null };
  b: { name: string; text: string | null };
}

/** What one judge made of a pair: nothing where none of its looks could be read. */
export interface JudgedPair extends Pick<Comparison, 'judge' | 'preference' | 'orders'> {
  /** Looks that this time cost money. */
  asked: number;
}

/** Blind judges that look at each pair in both orders. What is kept from before is not asked again. */
export interface Judging {
  /** By every judge. A text beside none wins without a look; two missing ones are a tie. @throws MomError when the money or the signal ends it */
  compare(pair: AnswerPair): Promise<JudgedPair[]>;
  /** How many looks at this pair are kept already. */
  kept(pair: AnswerPair): number;
  /** Why the winner of a pair is better, in one judge's words; null where it does not say. */
  explain(pair: AnswerPair): Promise<string | null>;
  tallies(): readonly JudgeFacts[];
}
