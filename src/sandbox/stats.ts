/** What was asked of the sandbox since its start or the last reset. */
export interface ModelStats {
  requests: number;
  peak_concurrency: number;
  /** Calls whose client went away before the end. */
  cancelled: number;
  /** When each request had arrived, in milliseconds since the start or reset. */
  arrivals_ms: number[];
}

export interface SandboxStats extends ModelStats {
  active: number;
  models: Record<string, ModelStats>;
  /** On demand: request bodies in order of arrival, the oldest left out beyond 16 MiB. */
  bodies?: unknown[];
}

const MAX_BODY_CHARACTERS = 16 * 1024 * 1024;

type Counter = ModelStats & { active: number };

/** Counts calls. */
export class StatsRecorder {
  #start = performance.now();
  #total = newCounter();
  #models = new Map<string, Counter>();
  #bodies: string[] = [];
  #bodyCharacters = 0;

  /** Counts a call in; the returned function counts it out, once. */
  enter(model: string, body: string): { number: number; leave: (cancelled: boolean) => void } {
    const counter = this.#models.get(model) ?? newCounter();
    this.#models.set(model, counter);
    const arrival = Math.round((performance.now() - this.#start) * 1000) / 1000;
    const counters = [this.#total, counter];
    for (const each of counters) {
      each.requests++;
      each.active++;
      each.peak_concurrency = Math.max(each.peak_concurrency, each.active);
      each.arrivals_ms.push(arrival);
    }
    this.#keep(body);
    const leave = (cancelled: boolean): void => {
      for (const each of counters) {
        each.active--;
        if (cancelled) each.cancelled++;
      }
    };
    return { number: counter.requests, leave };
  }

  snapshot(withBodies = false): SandboxStats {
    const models = Object.fromEntries([...this.#models].map(([model, { active: _, ...counted }]) => [model, structuredClone(counted)]));
    const stats: SandboxStats = { ...structuredClone(this.#total), models };
    return withBodies ? { ...stats, bodies: this.#bodies.map((body) => JSON.parse(body) as unknown) } : stats;
  }

  reset(): void {
    this.#start = performance.now();
    this.#total = newCounter();
    this.#models = new Map();
    this.#bodies = [];
    this.#bodyCharacters = 0;
  }

  #keep(body: string): void {
    this.#bodies.push(body);
    this.#bodyCharacters += body.length;
    while (this.#bodyCharacters > MAX_BODY_CHARACTERS) this.#bodyCharacters -= this.#bodies.shift()?.length ?? 0;
  }
}

function newCounter(): Counter {
  return { requests: 0, active: 0, peak_concurrency: 0, cancelled: 0, arrivals_ms: [] };
}
