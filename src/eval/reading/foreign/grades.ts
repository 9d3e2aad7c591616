import { requiredName } from '../fields.js';
import type { ComparisonItem } from '../items.js';
import type { Row } from '../records.js';
import { idOfTurn } from './turns.js';

/** Grades of MT-Bench that lie no further apart are a tie (lm-sys/FastChat, fastchat/llm_judge/common.py, TIE_DELTA). */
const TIE_DELTA = 0.1;

/** What a judge gave one answer on its own: from 1 to 10, null where it gave none. */
export interface Grade {
  id: string;
  model: string;
  judge: string;
  score: number | null;
}

/** A row of MT-Bench's `*_single.jsonl`: `{question_id, model, judge, score, turn}`; a score below 0 is none. */
export function gradeOf(row: Row, judge: string): Grade {
  const { score, turn } = row.value;
  return {
    id: idOfTurn(requiredName(row, 'question_id'), typeof turn === 'number' ? turn : 1),
    model: requiredName(row, 'model'),
    judge: `${judge} (grades)`,
    score: typeof score === 'number' && score >= 0 ? score : null,
  };
}

/** Every two models that were graded on a prompt, compared as FastChat does it: the higher grade wins. Nobody saw them side by side. */
export function* gradesCompared(grades: readonly Grade[]): Generator<ComparisonItem> {
  const together = new Map<string, Grade[]>();
  for (const grade of grades) {
    const key = `${grade.judge}\0${grade.id}`;
    const list = together.get(key);
    if (list === undefined) together.set(key, [grade]);
    else if (!list.some(({ model }) => model === grade.model)) list.push(grade);
  }
  let position = 0;
  for (const list of together.values()) {
    const sorted = list.sort((a, b) => (a.model < b.model ? -1 : 1));
    for (const [i, one] of sorted.entries())
      for (const other of sorted.slice(i + 1)) {
        yield compared(one, other, position);
        position += 1;
      }
  }
}

function compared(one: Grade, other: Grade, position: number): ComparisonItem {
  const gap = one.score === null || other.score === null ? null : one.score - other.score;
  const preference = gap === null ? null : Math.abs(gap) <= TIE_DELTA ? 0.5 : gap > 0 ? 1 : 0;
  return {
    type: 'comparison',
    id: one.id,
    a: one.model,
    b: other.model,
    judge: one.judge,
    preference,
    orders: { ab: null, ba: null },
    style_a: null,
    style_b: null,
    position,
  };
}
