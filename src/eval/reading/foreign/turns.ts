import type { EvalKind } from '../../../core/eval/prompt.js';
import type { Message } from '../../../core/message.js';
import { isRecord } from '../../../core/record.js';
import type { PromptItem } from '../items.js';

/** Kinds of the categories of MT-Bench and Arena-Hard that are one of mom's. */
const KINDS: Readonly<Record<string, EvalKind>> = { writing: 'writing', creative_writing: 'writing', math: 'math', coding: 'code' };

export function kindOfCategory(category: unknown): EvalKind | null {
  return typeof category === 'string' && Object.hasOwn(KINDS, category) ? (KINDS[category] as EvalKind) : null;
}

/** The text of one turn, as these projects write it: a text, `{content}`, `{answer}`, or a list of a text and images. */
export function turnText(turn: unknown): string | null {
  if (typeof turn === 'string') return turn;
  if (Array.isArray(turn))
    return turnText(turn.find((part) => typeof part === 'string' || (isRecord(part) && part.type === 'text')) ?? null);
  if (!isRecord(turn)) return null;
  return turnText(turn.content ?? turn.answer ?? turn.text ?? null);
}

/** The texts of turns; null where there are none, or one of them can't be read. */
export function turnTexts(turns: unknown): string[] | null {
  if (!Array.isArray(turns) || turns.length === 0) return null;
  const texts = turns.map(turnText);
  return texts.every((text) => text !== null) ? texts : null;
}

/** The turns of the first choice of an answer of FastChat's form: `{choices: [{turns: [...]}]}`. */
export function choiceTurns(value: Readonly<Record<string, unknown>>): string[] | null {
  const [choice] = Array.isArray(value.choices) ? (value.choices as unknown[]) : [];
  return isRecord(choice) ? turnTexts(choice.turns) : null;
}

/** A question of several turns goes by its number, and from the second turn on by that too: `81`, `81.2`. */
export function idOfTurn(question: string, turn: number): string {
  return turn <= 1 ? question : `${question}.${turn}`;
}

/** What was asked up to one turn: the user's turns alone, since each contestant has its own answers between them. */
export function askedMessages(turns: readonly string[]): Message[] {
  return turns.map((content) => ({ role: 'user', content }));
}

/** What was answered up to one turn. */
export function answeredText(turns: readonly string[]): string {
  return turns.join('\n\n');
}

/** A prompt for each turn of a question: what was asked up to it. */
export function* turnPrompts(
  question: string,
  turns: readonly string[],
  { kind, references }: { kind: EvalKind | null; references: readonly unknown[] },
): Generator<PromptItem> {
  for (const i of turns.keys()) {
    const reference = turnText(references[i] ?? null);
    yield {
      type: 'prompt',
      id: idOfTurn(question, i + 1),
      messages: askedMessages(turns.slice(0, i + 1)),
      reference: reference?.trim() ? reference : null,
      kind,
    };
  }
}
