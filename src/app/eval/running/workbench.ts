import type { Contestant } from '../../../core/eval/contestant.js';
import type { EvalPlan } from '../../../core/eval/plan.js';
import type { EvalAnswer } from '../../../core/eval/records.js';
import type { EvalStore } from '../../../core/eval/store.js';
import type { EventSink } from '../../../core/event.js';
import type { Warning } from '../../../core/run.js';
import type { Engine } from '../../../engine/index.js';
import { Answers } from '../asking/answers.js';
import type { RealmOf } from '../asking/realm.js';
import type { Checker } from '../check/checker.js';
import type { EvalProgress } from '../evaluation.js';
import { createJury, type Jury } from '../judging/jury.js';
import type { JudgeSeat } from '../judging/seat.js';
import type { EvalCap } from '../money/cap.js';
import { Progress } from '../pace/progress.js';
import { Slots } from '../pace/slots.js';
import type { Stop } from '../pace/stop.js';
import { AskedNow } from './asked-now.js';
import { Failures } from './failures.js';
import { FirstFailures } from './first-failures.js';
import { Results, type SurveyedPrompt } from './results.js';
import { Scorer } from './scorer.js';

/** An evaluation with everything that it needs. */
export interface EvalParts {
  id: string;
  /** ISO 8601, UTC: of the evaluation, which may be older than this command. */
  startedAt: string;
  sandbox: boolean;
  /** A report of an earlier command is kept. */
  hasReport: boolean;
  plan: EvalPlan;
  contestants: readonly Contestant[];
  /** Name of the contestant that the others are compared with. */
  baseline: string;
  prompts: readonly SurveyedPrompt[];
  /** What the report has to say of the prompts. */
  warnings: readonly Warning[];
  /** Nobody where nothing is to be judged. */
  seats: readonly JudgeSeat[];
  store: EvalStore;
  /** Where the prompts are; another one than the answers' where an evaluation is only priced. */
  promptStore: EvalStore;
  engine: Engine;
  realmOf: RealmOf;
  cap: EvalCap;
  concurrency: number;
  refresh: boolean;
  openChecker: (() => Promise<Checker>) | null;
  recordersOf: (runId: string) => readonly EventSink[];
  onNote: (note: Warning) => void;
  onProgress: (progress: EvalProgress) => void;
  signal: AbortSignal;
  close(): Promise<void>;
}

/** What the work on an evaluation is done with, until one stop. */
export interface Workbench {
  stop: Stop;
  slots: Slots;
  progress: Progress;
  results: Results;
  failures: Failures;
  askedNow: AskedNow;
  answers: Answers;
  scorer: Scorer;
  judging: Jury | null;
  /** Index of the contestant that the others are compared with. */
  baseline: number;
}

export function openWorkbench(parts: EvalParts, stop: Stop): Workbench {
  const { store, plan, contestants, prompts, openChecker: checker } = parts;
  const slots = new Slots(parts.concurrency);
  const progress = new Progress(parts.onProgress);
  const results = new Results(prompts, contestants);
  // Every run counts, whoever asked for it.
  const engine = counting(parts.engine, progress);
  const askedNow = new AskedNow();
  return {
    stop,
    slots,
    progress,
    results,
    failures: new Failures(),
    askedNow,
    answers: openAnswers({ ...parts, engine }, { stop, slots, results, askedNow }),
    scorer: new Scorer({ store, extract: plan.extract, checker, stop }),
    judging: openJury({ ...parts, engine }, stop),
    baseline: results.indexOf(parts.baseline),
  };
}

type AnswersBench = Pick<Workbench, 'stop' | 'slots' | 'results' | 'askedNow'>;

function openAnswers(parts: EvalParts, { stop, slots, results, askedNow }: AnswersBench): Answers {
  const { store, engine, cap, realmOf, plan, refresh, recordersOf } = parts;
  const failures = new FirstFailures();
  const onAsked = (contestant: Contestant, answer: EvalAnswer, isNew: boolean) => {
    askedNow.note(answer, isNew);
    const names = results.contestants.map(({ name }) => name);
    const error = failures.note(contestant.name, answer, names, results.prompts.length);
    if (error) stop.fail(error);
  };
  const asker = { engine, newId: engine.newId, recordersOf };
  const notBefore = refresh ? new Date().toISOString() : null;
  return new Answers({ ...asker, slots, stop, cap, store, realmOf, seed: plan.seed, notBefore, onAsked });
}

function openJury({ seats, engine, store, cap, realmOf, plan, refresh, recordersOf, onNote }: EvalParts, stop: Stop): Jury | null {
  if (seats.length === 0) return null;
  const lenient = seats.map((seat) => ({ ...seat, mixture: cap.lets(seat.mixture) }));
  return createJury(lenient, {
    engine,
    store,
    judgeRealm: ({ mixture }) => realmOf(mixture),
    refresh,
    budgets: [cap.budget],
    signal: stop.signal,
    seed: plan.seed,
    recordersOf,
    onLook: () => {},
    onNote,
  });
}

function counting(engine: Engine, progress: Progress): Engine {
  return {
    ...engine,
    run: async (request, sinks, id) => {
      const result = await engine.run(request, sinks, id);
      progress.spend(result.cost_usd, result.cost_source);
      return result;
    },
  };
}
