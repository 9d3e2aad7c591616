import type { CallRecord } from '../../core/run.js';
import type { Parts } from '../view/markdown/parts.js';
import type { MarkdownStream } from '../view/markdown/stream.js';
import type { Rendering } from './rendering.js';

type Proposals = readonly CallRecord[];

/** By then the requests of a run have left; the first answer takes longer. */
const REQUESTS_LEAVE_MS = 20;

/** Shows Markdown. What that needs is loaded when it is needed; what comes meanwhile waits. */
export class MarkdownScreen {
  readonly #rendering: Rendering;
  readonly #put: (shown: string) => void;
  readonly #waiting: (string | Proposals)[] = [];
  #loading: Promise<void> | null = null;
  #make: (() => MarkdownStream) | null = null;
  #stream: MarkdownStream | null = null;
  readonly #parts: Parts = { highlight: null, tables: null };
  #preparing: NodeJS.Timeout | null = null;
  #isBusy = false;
  #isBelowProposals = false;
  #showing = Promise.resolve();

  /** `put` writes to stdout. */
  constructor(rendering: Rendering, put: (shown: string) => void) {
    this.#rendering = rendering;
    this.#put = put;
  }

  /** Loads ahead of the first text, but not before the requests are on their way. */
  prepare(): void {
    if (this.#preparing) return;
    this.#preparing = setTimeout(() => this.#load().catch(() => undefined), REQUESTS_LEAVE_MS);
    this.#preparing.unref();
  }

  /** Markdown goes on where it was; each proposal is a text of its own. */
  show(piece: string | Proposals): void {
    this.#waiting.push(piece);
    if (this.#isBusy) return;
    this.#showing = this.#showAll();
    // Whoever waits for the end learns of it.
    this.#showing.catch(() => undefined);
  }

  /** Resolves when all that came is shown, what was held back included. */
  async end(): Promise<void> {
    await this.#showing;
    this.#put(this.#stream?.finish() ?? '');
    this.#stream = null;
  }

  /** Waits for nothing when all is loaded: text leaves in the turn in which it came. */
  async #showAll(): Promise<void> {
    this.#isBusy = true;
    try {
      for (let piece = this.#waiting.shift(); piece !== undefined; piece = this.#waiting.shift()) {
        if (!this.#make) await this.#load();
        if (typeof piece === 'string') this.#text(piece);
        else await this.#proposals(piece);
        for (let part = this.#stream?.wants; part; part = this.#stream?.wants) {
          await this.#loadPart(part);
          this.#put(this.#stream?.resume() ?? '');
        }
      }
    } finally {
      this.#isBusy = false;
    }
  }

  #text(text: string): void {
    if (this.#isBelowProposals) this.#put('\n');
    this.#isBelowProposals = false;
    this.#stream ??= this.#make?.() ?? null;
    this.#put(this.#stream?.push(text) ?? '');
  }

  async #proposals(proposals: Proposals): Promise<void> {
    const { proposalsView } = await import('../view/columns.js');
    const { color, columns, isTerminal } = this.#rendering;
    this.#put(proposalsView(proposals, { color, columns: columns(), isSideBySide: isTerminal }));
    this.#isBelowProposals = true;
  }

  #load(): Promise<void> {
    this.#loading ??= import('../view/markdown/stream.js').then(({ MarkdownStream }) => {
      const { color, columns } = this.#rendering;
      this.#make = () => new MarkdownStream({ color, columns, parts: this.#parts });
    });
    return this.#loading;
  }

  async #loadPart(part: keyof Parts): Promise<void> {
    if (part === 'tables') this.#parts.tables = (await import('../view/markdown/table.js')).TableView;
    else this.#parts.highlight = (await import('../view/markdown/highlight.js')).createHighlight();
  }
}
