import type { RunEvent } from '../../core/event.js';

type DeltaEvent = Extract<RunEvent, { type: 'call.delta' }>;

/**
 * Events of one run that wait to be written. Deltas of one call are joined, what a call's end repeats before it was written is
 * left out, and so is `answer.delta`: its text is the writer's.
 */
export class JournalQueue {
  #events: RunEvent[] = [];
  #openDeltas = new Map<string, DeltaEvent>();

  get isEmpty(): boolean {
    return this.#events.length === 0;
  }

  add(event: RunEvent): void {
    if (event.type === 'answer.delta') return;
    if (event.type === 'call.delta') {
      this.#addDelta(event);
      return;
    }
    if (event.type === 'call.restart') this.#openDeltas.delete(event.call_id);
    if (event.type === 'call.end') this.#dropRepeated(event.call.id);
    this.#events.push(event);
  }

  /** What is there, which the queue then forgets. */
  take(): readonly RunEvent[] {
    const events = this.#events;
    this.#events = [];
    this.#openDeltas.clear();
    return events;
  }

  #addDelta(event: DeltaEvent): void {
    const last = this.#openDeltas.get(event.call_id);
    if (last?.channel === event.channel) {
      last.text += event.text;
      return;
    }
    const delta = { ...event };
    this.#openDeltas.set(event.call_id, delta);
    this.#events.push(delta);
  }

  /** The end of a call holds its whole text. */
  #dropRepeated(callId: string): void {
    const delta = this.#openDeltas.get(callId);
    if (delta?.channel === 'text') this.#events.splice(this.#events.indexOf(delta), 1);
    this.#openDeltas.delete(callId);
  }
}
