import type { RunEvent } from '../../core/event.js';
import type { CallKind } from '../../core/run.js';
import { isRepair, levelOf, writesQuestions } from '../../observe/level.js';
import { sanitize } from './sanitize.js';
import { counted } from './words.js';

/** Calls of one kind and level, asked one after the other or together. */
interface Stage {
  kind: CallKind;
  /** `layer 2`, null on the first. */
  level: string | null;
  calls: Map<string, { name: string; state: CallState }>;
}

type CallState = 'open' | 'answered' | 'ended';

/** What is known of a run while it goes on, in one sentence. */
export class ProgressText {
  #startedAt = 0;
  #stage: Stage | null = null;
  /** The last stage in which proposers were asked. */
  #panel: Stage | null = null;
  #graceEndsAt: number | null = null;

  /** `now` is a monotonic time in milliseconds. */
  apply(event: RunEvent, now: number): void {
    switch (event.type) {
      case 'run.start':
        this.#startedAt = now;
        break;
      case 'call.start':
        this.#enter(event.call).calls.set(event.call.id, { name: shortName(event.call.model), state: 'open' });
        break;
      case 'call.kept':
        this.#enter(event.call).calls.set(event.call.id, { name: shortName(event.call.model), state: 'answered' });
        break;
      case 'call.end': {
        const call = this.#stage?.calls.get(event.call.id);
        if (call) call.state = event.call.status === 'answered' ? 'answered' : 'ended';
        break;
      }
      case 'quorum':
        this.#graceEndsAt = now + event.grace_ms;
        break;
      case 'proposals':
        this.#graceEndsAt = null;
        break;
    }
  }

  text(now: number): string {
    const seconds = `${Math.floor((now - this.#startedAt) / 1_000)} s`;
    return [...(this.#stage ? this.#sentences(this.#stage, now) : ['starting']), seconds].join(' · ');
  }

  #enter(call: { id: string; kind: CallKind; layer: number }): Stage {
    const { kind } = call;
    const level = levelOf(call);
    if (this.#stage?.kind !== kind || this.#stage.level !== level) this.#stage = { kind, level, calls: new Map() };
    if (kind === 'proposer') this.#panel = this.#stage;
    return this.#stage;
  }

  #sentences(stage: Stage, now: number): string[] {
    const last = [...stage.calls.values()].at(-1)?.name ?? '';
    const level = stage.level === null ? [] : [stage.level];
    switch (stage.kind) {
      case 'proposer':
        return [...level, ...this.#waiting(stage, now)];
      case 'critic':
        if ([...stage.calls.keys()].some(isRepair)) return [`comparing the answer with the checks: ${last}`];
        return [...level, ...this.#answered(), `${level.length > 0 ? 'improved' : 'final'} answer by ${last}`];
      case 'judge':
        return [`a judge ${isAgain(stage, last) ? 'looks again at' : 'chooses among'} ${this.#answers()} answers: ${last}`];
      case 'verifier':
        return [checking(stage, last)];
      case 'router':
        return [`choosing a strategy: ${last}`];
      case 'embedding':
        return ['looking for an answer to the same question'];
    }
  }

  #waiting(stage: Stage, now: number): string[] {
    const open = names(stage, 'open');
    if (open.length === 0) return this.#answered();
    const rest = this.#graceEndsAt === null ? '' : `, ${Math.max(0, Math.ceil((this.#graceEndsAt - now) / 1_000))} s more`;
    const there = names(stage, 'answered');
    const all = [...stage.calls.values()];
    const isOneModel = all.length > 1 && new Set(all.map(({ name }) => name)).size === 1;
    const waiting = `waiting for ${open.length} of ${counted(all.length, isOneModel ? 'sample' : 'model')}${rest}`;
    if (isOneModel) return [`${waiting}: ${open[0]}`];
    return [`${waiting}: ${open.join(', ')}`, ...(there.length === 0 ? [] : [`answered: ${there.join(', ')}`])];
  }

  #answered(): string[] {
    return this.#panel ? [`${this.#answers()} of ${this.#panel.calls.size} answered`] : [];
  }

  #answers(): number {
    return this.#panel ? names(this.#panel, 'answered').length : 0;
  }
}

/** First the questions are written, by a call of which the id says so, then they are answered all at once. */
function checking({ calls }: Stage, name: string): string {
  const questions = [...calls].filter(([id]) => !writesQuestions(id));
  if (questions.length === 0) return `checking the answer: questions by ${name}`;
  const done = questions.filter(([, { state }]) => state !== 'open').length;
  return `checking the answer: ${done} of ${counted(questions.length, 'question')}, ${name}`;
}

/** True when the same model has already been asked in this stage. */
function isAgain({ calls }: Stage, name: string): boolean {
  return [...calls.values()].filter((call) => call.name === name).length > 1;
}

function names({ calls }: Stage, state: CallState): string[] {
  return [...calls.values()].filter((call) => call.state === state).map(({ name }) => name);
}

function shortName(model: string): string {
  return sanitize(model.replace(/^.*\//, '').replace(/^~/, ''));
}
