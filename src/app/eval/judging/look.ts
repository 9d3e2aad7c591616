import type { ErrorInfo } from '../../../core/error.js';
import type { Judgement } from '../../../core/eval/records.js';
import { WHY } from '../../../core/reply-marks.js';
import { type Cost, sumCosts } from '../../../core/usage.js';
import type { JudgeAsker, Reply } from './ask-judge.js';
import type { Shown } from './look-prompt.js';
import { isBareLetter, isRefusal, type Letter, readLetter } from './read-letter.js';

const WINNERS: Readonly<Record<Letter, NonNullable<Judgement['winner']>>> = { A: 'a', B: 'b', T: 'tie' };

/** A reason is not longer, in characters: two sentences were asked for. */
const MAX_REASON = 600;

export interface Looked {
  judgement: Judgement;
  /** Of the call. */
  error: ErrorInfo | null;
}

/**
 * One look at two answers. A reply that can't be read is asked for once more.
 * @returns `a` as the winner is the text that was shown first
 */
export async function look(asker: JudgeAsker, shown: Shown): Promise<Looked> {
  const first = await asker.ask(shown, 'letter');
  const judgement = judgementOf(first, first.cost);
  if (judgement.trouble !== 'unreadable') return { judgement, error: first.error };
  const second = await asker.ask(shown, 'letter_again');
  return { judgement: judgementOf(second, sumCosts([first.cost, second.cost])), error: second.error };
}

function judgementOf(reply: Reply, cost: Cost): Judgement {
  const { run, text, confidence } = reply;
  const letter = text === null ? null : readLetter(text);
  return {
    winner: letter && WINNERS[letter],
    trouble: letter === null ? troubleOf(reply) : null,
    confidence: text !== null && isBareLetter(text) ? confidence : null,
    reason: null,
    run,
    cost_usd: cost.usd,
    cost_source: cost.source,
  };
}

function troubleOf({ text, error }: Reply): NonNullable<Judgement['trouble']> {
  if (error !== null) return error.code === 'content_filtered' ? 'refused' : error.code === 'empty_answer' ? 'unreadable' : 'failed';
  return isRefusal(text ?? '') ? 'refused' : 'unreadable';
}

/** Why one of two answers is better, in the judge's words, as a record without a winner. */
export async function askReason(asker: JudgeAsker, shown: Shown): Promise<Judgement> {
  const reply = await asker.ask(shown, 'why');
  const { text, run, cost } = reply;
  const reason = text === null || isRefusal(text) ? null : readReason(text);
  const trouble = reason === null ? troubleOf(reply) : null;
  return { winner: null, trouble, confidence: null, reason, run, cost_usd: cost.usd, cost_source: cost.source };
}

/** What stands behind the mark, or all of it where there is none, in one line. */
function readReason(text: string): string | null {
  const [, said = text] = text.split(WHY);
  const line = said.replace(/\s+/g, ' ').trim();
  if (line === '') return null;
  return line.length <= MAX_REASON ? line : `${line.slice(0, MAX_REASON - 1)}…`;
}
