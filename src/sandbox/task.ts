import { extractNumber } from '../core/extract/number.js';
import { type Message, messageText } from '../core/message.js';
import { BETTER, CHECK_QUESTION, NOTHING_TO_ADD, ROUTE, UNCHANGED, VERDICT, WHY } from '../core/reply-marks.js';
import { type Candidate, findCandidates } from './candidates.js';
import { chooseCandidate } from './critic.js';
import { lastUserText } from './request.js';

/** What one of mom's own prompts asks for: each kind answers in a form of its own. */
export interface Task {
  kind: 'compare' | 'why' | 'judge' | 'repair' | 'check' | 'route' | 'merge' | 'supplement';
  candidates: readonly Candidate[];
}

/** Recognises mom's prompts by the words they ask to be answered with; null for a question of a user's. */
export function findTask(messages: readonly Message[]): Task | null {
  const turn = lastUserText(messages);
  const block = findCandidates(turn);
  const candidates = block?.candidates ?? [];
  // Only what mom itself wrote counts: not the user's words, and not those of a candidate.
  const rules = [...messages.filter(isSystem).map(messageText), block === null ? '' : turn.slice(turn.lastIndexOf(`${block.nonce}>`))];
  const asksFor = (word: string): boolean => rules.some((text) => text.includes(word));
  const isPair = candidates.map(({ label }) => label).join() === 'A,B';
  if (isPair && asksFor(BETTER)) return { kind: 'compare', candidates };
  if (isPair && asksFor(WHY)) return { kind: 'why', candidates };
  if (block !== null && asksFor(VERDICT)) return { kind: 'judge', candidates };
  if (asksFor(UNCHANGED)) return { kind: 'repair', candidates };
  if (asksFor(CHECK_QUESTION)) return { kind: 'check', candidates };
  if (asksFor(ROUTE)) return { kind: 'route', candidates };
  if (block !== null) return { kind: 'merge', candidates };
  return asksFor(NOTHING_TO_ADD) ? { kind: 'supplement', candidates } : null;
}

/** What the plain critic answers to a task. */
export function doTask({ kind, candidates }: Task): string {
  switch (kind) {
    case 'compare':
      return chooseCandidate(candidates).label;
    case 'why':
      return `${WHY} [simulated] The better answer has the final number that counts, or more words.`;
    case 'judge':
      return `${VERDICT} ${chooseCandidate(candidates).label}`;
    case 'repair':
      return UNCHANGED;
    case 'check': {
      const number = extractNumber(candidates.at(-1)?.text ?? '');
      return `${CHECK_QUESTION} [simulated] Is the result ${number ?? 'of the answer'} right?`;
    }
    case 'route':
      return `${ROUTE} medium other`;
    case 'merge':
      return chooseCandidate(candidates).text;
    case 'supplement':
      return NOTHING_TO_ADD;
  }
}

function isSystem({ role }: Message): boolean {
  return role === 'system' || role === 'developer';
}
