import type { EvalProgress } from '../../../app/eval/evaluation.js';
import { EvalProgressText } from './progress-text.js';

/** The line on a terminal: redrawn while an evaluation goes on, gone without a trace before the report. */
export async function createEvalProgress(stream: NodeJS.WritableStream, color: boolean) {
  const { default: ora } = await import('ora');
  const progress = new EvalProgressText();
  // A mom that is killed must not leave a terminal without its cursor.
  const spinner = ora({ stream, discardStdin: false, isEnabled: true, hideCursor: false, color: color ? 'cyan' : false });
  // A terminal of unknown size says 0, and no line fits into that.
  const hasWidth = (stream as Partial<NodeJS.WriteStream>).columns !== 0;
  const draw = () => {
    spinner.text = progress.text(performance.now());
  };
  draw();
  if (hasWidth) spinner.start();
  const ticking = setInterval(draw, 250);
  ticking.unref();
  return {
    update: (latest: EvalProgress) => progress.apply(latest, performance.now()),
    stop() {
      clearInterval(ticking);
      if (spinner.isSpinning) spinner.stop();
    },
  };
}
