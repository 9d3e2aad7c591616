import type { EvalData, Outcome } from '../../../core/eval/data.js';
import { EVAL_KINDS, type EvalKind } from '../../../core/eval/prompt.js';
import type { Accuracy, ContestantReport, Measures } from '../../../core/eval/report.js';
import type { LengthRegulariser } from '../../statistics/length-control.js';
import { wilson } from '../../statistics/proportion.js';
import { spreadOf } from '../../statistics/spread.js';
import type { Evidence } from '../evidence.js';
import { type BoardRows, boardOf } from './board.js';
import { costPerPrompt } from './costs.js';

/** What a contestant is measured by. */
export interface Measuring {
  data: EvalData;
  evidence: Evidence;
  board: readonly BoardRows[];
  regulariser: LengthRegulariser | null;
  /** The kinds that prompts have, where they have more than one. */
  kinds: readonly EvalKind[];
}

type Measured = Measures & Pick<ContestantReport, 'missing' | 'first_token_ms' | 'duration_ms' | 'kinds'>;

/** The kinds of the prompts; none where all are of one kind, which says nothing more than the whole does. */
export function kindsOf({ prompts }: EvalData): readonly EvalKind[] {
  const kinds = EVAL_KINDS.filter((kind) => prompts.some((prompt) => prompt.kind === kind));
  return kinds.length > 1 ? kinds : [];
}

/** One contestant over all prompts and by kind. Times are those of its answers; a failure has none worth comparing. */
export function measure(measuring: Measuring, contestant: number): Measured {
  const row = [...(measuring.data.outcomes[contestant] ?? [])];
  const answered = row.filter((outcome) => outcome?.status === 'answered');
  const firstTokens = answered.flatMap((outcome) => outcome?.first_token_ms ?? []);
  return {
    ...measureAmong(measuring, contestant, null),
    missing: measuring.data.prompts.length - row.filter((outcome) => outcome !== null).length,
    first_token_ms: spreadOf(firstTokens),
    duration_ms: spreadOf(answered.flatMap((outcome) => outcome?.duration_ms ?? [])),
    kinds: Object.fromEntries(measuring.kinds.map((kind) => [kind, measureAmong(measuring, contestant, kind)])),
  };
}

function measureAmong({ data, evidence, board, regulariser }: Measuring, contestant: number, kind: EvalKind | null): Measures {
  const isWanted = (prompt: number) => kind === null || data.prompts[prompt]?.kind === kind;
  const row = [...(data.outcomes[contestant] ?? [])];
  const outcomes = row.filter((outcome, prompt) => outcome !== null && isWanted(prompt)) as Outcome[];
  const rows = board[contestant];
  return {
    n: outcomes.length,
    failed: outcomes.filter(({ status }) => status === 'failed').length,
    accuracy: accuracyOf(evidence, contestant, data.prompts.length, isWanted),
    board: rows ? boardOf(rows, kind === null ? regulariser : null, averageLength(outcomes), kind === null ? null : isWanted) : null,
    cost_usd: costPerPrompt(outcomes),
  };
}

function accuracyOf(evidence: Evidence, contestant: number, prompts: number, isWanted: (prompt: number) => boolean): Accuracy | null {
  let [right, of] = [0, 0];
  for (let prompt = 0; prompt < prompts; prompt++) {
    const score = evidence.score(contestant, prompt);
    if (score === null || !isWanted(prompt)) continue;
    right += score;
    of += 1;
  }
  return of === 0 ? null : { ...wilson(right, of), right, of };
}

function averageLength(outcomes: readonly Outcome[]): number | null {
  const lengths = outcomes.flatMap(({ style }) => style?.length ?? []);
  return lengths.length === 0 ? null : lengths.reduce((sum, length) => sum + length, 0) / lengths.length;
}
