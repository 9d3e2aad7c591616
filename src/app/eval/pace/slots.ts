/**
 * Places for what may go on at once. Who has to wait gets one by its rank, the lowest first, then by its turn; new work is
 * fetched only when a place is free and nobody waits, so that however much there is to do, little of it is held.
 */
export class Slots {
  readonly #count: number;
  #taken = 0;
  readonly #waiting: { rank: number; start: () => void }[] = [];
  #hungry: (() => void)[] = [];

  constructor(count: number) {
    this.#count = count;
  }

  async run<T>(rank: number, work: () => Promise<T>): Promise<T> {
    await this.#take(rank);
    try {
      return await work();
    } finally {
      this.#taken -= 1;
      this.#next();
    }
  }

  /** Resolves when more work could start at once. */
  hungry(): Promise<void> {
    if (this.#isHungry()) return Promise.resolve();
    return new Promise((resolve) => this.#hungry.push(resolve));
  }

  #isHungry(): boolean {
    return this.#waiting.length === 0 && this.#taken < this.#count;
  }

  #take(rank: number): Promise<void> {
    if (this.#taken < this.#count && this.#waiting.length === 0) {
      this.#taken += 1;
      return Promise.resolve();
    }
    return new Promise((start) => {
      const after = this.#waiting.findIndex((other) => other.rank > rank);
      this.#waiting.splice(after === -1 ? this.#waiting.length : after, 0, { rank, start });
    });
  }

  #next(): void {
    while (this.#taken < this.#count) {
      const first = this.#waiting.shift();
      if (first === undefined) break;
      this.#taken += 1;
      first.start();
    }
    if (!this.#isHungry()) return;
    const hungry = this.#hungry;
    this.#hungry = [];
    for (const tell of hungry) tell();
  }
}
