import type { EventSink } from '../../core/event.js';
import { ProgressText } from './progress-text.js';

/** The line on a terminal: redrawn while the run goes on, gone without a trace before the first character of the answer. */
export async function createProgressLine(stream: NodeJS.WritableStream, color: boolean): Promise<EventSink & { stop(): void }> {
  const { default: ora } = await import('ora');
  const progress = new ProgressText();
  // A mom that is killed must not leave a terminal without its cursor.
  const spinner = ora({ stream, discardStdin: false, isEnabled: true, hideCursor: false, color: color ? 'cyan' : false });
  // A terminal of unknown size says 0, and no line fits into that.
  const hasWidth = (stream as Partial<NodeJS.WriteStream>).columns !== 0;
  let ticking: NodeJS.Timeout | null = null;
  let starting: NodeJS.Immediate | null = null;

  function draw(): void {
    spinner.text = progress.text(performance.now());
  }
  function stop(): void {
    // A second stop would move the cursor within the answer.
    if (!ticking) return;
    clearInterval(ticking);
    ticking = null;
    if (starting) clearImmediate(starting);
    if (spinner.isSpinning) spinner.stop();
  }
  return {
    handle(event) {
      if (event.type === 'answer.start' || event.type === 'outcome') return stop();
      if (!hasWidth) return;
      progress.apply(event, performance.now());
      if (event.type === 'run.start') {
        // The first calls begin in this same turn: what is drawn first names them already.
        starting = setImmediate(() => {
          draw();
          spinner.start();
        });
        ticking = setInterval(draw, 250);
        ticking.unref();
      } else if (ticking && event.type !== 'call.delta') draw();
    },
    stop,
  };
}
