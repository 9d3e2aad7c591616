import type { EventSink, RunEvent } from '../../core/event.js';
import { sanitize } from './sanitize.js';

/** What is known of a run while it goes on, in one sentence. */
export class ProgressText {
  #asked = new Map<string, string>();
  #settled = new Set<string>();
  #answered = new Set<string>();
  #startedAt = 0;
  #graceEndsAt: number | null = null;
  #critic: string | null = null;

  /** `now` is a monotonic time in milliseconds. */
  apply(event: RunEvent, now: number): void {
    switch (event.type) {
      case 'run.start':
        this.#startedAt = now;
        for (const { id, model } of event.proposers) this.#asked.set(id, shortName(model));
        break;
      case 'call.start':
        if (event.call.kind === 'proposer') this.#asked.set(event.call.id, shortName(event.call.model));
        else this.#critic = shortName(event.call.model);
        break;
      case 'call.end':
        if (event.call.kind !== 'proposer') break;
        this.#settled.add(event.call.id);
        if (event.call.status === 'answered') this.#answered.add(event.call.id);
        break;
      case 'quorum':
        this.#graceEndsAt = now + event.grace_ms;
        break;
      case 'proposals':
        this.#graceEndsAt = null;
        for (const id of this.#asked.keys()) this.#settled.add(id);
        break;
    }
  }

  text(now: number): string {
    const seconds = `${Math.floor((now - this.#startedAt) / 1_000)} s`;
    const awaited = this.#names((id) => !this.#settled.has(id));
    const total = this.#asked.size;
    if (awaited.length === 0) {
      const answered = total === 0 ? [] : [`${this.#answered.size} of ${total} answered`];
      const writer = this.#critic === null ? [] : [`final answer by ${this.#critic}`];
      return [...answered, ...writer, seconds].join(' · ');
    }
    const rest = this.#graceEndsAt === null ? '' : `, ${Math.max(0, Math.ceil((this.#graceEndsAt - now) / 1_000))} s more`;
    const models = total === 1 ? 'model' : 'models';
    const there = this.#names((id) => this.#answered.has(id));
    const answered = there.length === 0 ? [] : [`answered: ${there.join(', ')}`];
    return [`waiting for ${awaited.length} of ${total} ${models}${rest}: ${awaited.join(', ')}`, ...answered, seconds].join(' · ');
  }

  #names(which: (id: string) => boolean): string[] {
    return [...this.#asked].filter(([id]) => which(id)).map(([, name]) => name);
  }
}

function shortName(model: string): string {
  return sanitize(model.replace(/^.*\//, '').replace(/^~/, ''));
}

/** The line on a terminal: redrawn while the run goes on, gone without a trace before the first character of the answer. */
export async function createProgressLine(stream: NodeJS.WritableStream, color: boolean): Promise<EventSink & { stop(): void }> {
  const { default: ora } = await import('ora');
  const progress = new ProgressText();
  // A mom that is killed must not leave a terminal without its cursor.
  const spinner = ora({ stream, discardStdin: false, isEnabled: true, hideCursor: false, color: color ? 'cyan' : false });
  let ticking: NodeJS.Timeout | null = null;

  function draw(): void {
    spinner.text = progress.text(performance.now());
  }
  function stop(): void {
    // A second stop would move the cursor within the answer.
    if (!ticking) return;
    clearInterval(ticking);
    ticking = null;
    spinner.stop();
  }
  return {
    handle(event) {
      if (event.type === 'answer.start' || event.type === 'outcome') return stop();
      progress.apply(event, performance.now());
      if (event.type === 'run.start') {
        draw();
        spinner.start();
        ticking = setInterval(draw, 250);
        ticking.unref();
      } else if (ticking && event.type !== 'call.delta') draw();
    },
    stop,
  };
}
