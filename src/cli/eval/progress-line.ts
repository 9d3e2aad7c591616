import type { EvalProgress } from '../../app/eval/evaluation.js';
import { usesColor } from '../view/color.js';
import type { EvalSession } from './session.js';

/** Shows how far an evaluation is, between `start` and `stop`, where stderr is a terminal. */
export interface ProgressLine {
  start(): Promise<void>;
  update(progress: EvalProgress): void;
  stop(): void;
}

export function progressLine({ context }: EvalSession, quiet: boolean): ProgressLine {
  const isShown = context.stderrIsTTY && context.env.TERM !== 'dumb' && !quiet;
  let line: Pick<ProgressLine, 'update' | 'stop'> | null = null;
  return {
    async start() {
      if (!isShown) return;
      const { createEvalProgress } = await import('../view/eval/progress.js');
      line = await createEvalProgress(context.stderr, usesColor(context, 'auto'));
    },
    update: (progress) => line?.update(progress),
    stop() {
      line?.stop();
      line = null;
    },
  };
}
