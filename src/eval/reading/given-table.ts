import type { Comparison, TextStyle } from '../../core/eval/data.js';
import type { EvalKind } from '../../core/eval/prompt.js';
import type { Message } from '../../core/message.js';
import { styleOf } from '../scoring/style.js';
import type { AnswerItem, ComparisonItem, Item, KnownStyle, PromptItem } from './items.js';
import { invalid } from './trouble.js';

export interface GivenPrompt {
  id: string;
  /** Null where files name it without its text. */
  messages: readonly Message[] | null;
  reference: string | null;
  kind: EvalKind | null;
}

export interface GivenComparison extends Comparison {
  /** Index of the row in its source, those without a preference counted in: published difficulties go by it. */
  position: number;
}

/** What files say of an evaluation that somebody else has made. */
export interface Given {
  prompts: readonly GivenPrompt[];
  contestants: readonly string[];
  /** By contestant, then by prompt: null where there is none, or where it failed. */
  texts: readonly (readonly (string | null)[])[];
  /** The same, of the texts or as files tell it. */
  styles: readonly (readonly (TextStyle | null)[])[];
  /** By contestant: prompts that its file says it failed on. */
  failed: readonly ReadonlySet<number>[];
  /** False where of some texts only the length is known: their other counts are 0. */
  knowsMarkdown: boolean;
  comparisons: readonly GivenComparison[];
  /** Comparisons that hold no preference. */
  missing: number;
}

/** Puts what several files say together; prompts and contestants get their numbers in the order they are met. */
export class GivenTable {
  readonly #prompts: GivenPrompt[] = [];
  readonly #promptAt = new Map<string, number>();
  readonly #contestants: string[] = [];
  readonly #contestantAt = new Map<string, number>();
  readonly #texts: (string | null)[][] = [];
  readonly #styles: TextStyle[][] = [];
  readonly #failed: Set<number>[] = [];
  readonly #comparisons: GivenComparison[] = [];
  #missing = 0;
  #knowsMarkdown = true;

  /** @param where the place, for messages. @throws MomError `input_invalid` for a second answer to one prompt */
  add(item: Item, where: string): void {
    if (item.type === 'prompt') this.#addPrompt(item);
    else if (item.type === 'answer') this.#addAnswer(item, where);
    else this.#addComparison(item);
  }

  /** True where this prompt is there with its text already. */
  knows(id: string): boolean {
    const at = this.#promptAt.get(id);
    return at !== undefined && this.#prompts[at]?.messages !== null;
  }

  given(): Given {
    const rows = <T>(lists: readonly T[][]) => lists.map((list) => Array.from(this.#prompts, (_, i) => list[i] ?? null));
    return {
      prompts: this.#prompts,
      contestants: this.#contestants,
      texts: rows(this.#texts),
      styles: rows(this.#styles),
      failed: this.#failed,
      knowsMarkdown: this.#knowsMarkdown,
      comparisons: this.#comparisons,
      missing: this.#missing,
    };
  }

  #addPrompt({ id, messages, reference, kind }: PromptItem): void {
    const prompt = this.#prompts[this.#prompt(id)] as GivenPrompt;
    prompt.messages ??= messages;
    prompt.reference ??= reference;
    prompt.kind ??= kind;
  }

  #addAnswer({ id, contestant, text, quoted }: AnswerItem, where: string): void {
    const [c, p] = [this.#contestant(contestant), this.#prompt(id)];
    const texts = this.#texts[c] as (string | null)[];
    if (texts[p] !== undefined) {
      if (quoted) return;
      throw invalid(where, `${JSON.stringify(contestant)} answers ${JSON.stringify(id)} a second time`, 'keep one answer to each prompt');
    }
    texts[p] = text;
    if (text === null) this.#failed[c]?.add(p);
    else (this.#styles[c] as TextStyle[])[p] = styleOf(text);
  }

  #addComparison({ id, a, b, judge, preference, orders, position, style_a, style_b }: ComparisonItem): void {
    const prompt = this.#prompt(id);
    const [one, other] = [this.#contestant(a), this.#contestant(b)];
    this.#know(one, prompt, style_a);
    this.#know(other, prompt, style_b);
    if (preference === null) this.#missing += 1;
    else this.#comparisons.push({ prompt, a: one, b: other, judge, preference, orders, position });
  }

  #know(contestant: number, prompt: number, style: KnownStyle): void {
    const styles = this.#styles[contestant] as TextStyle[];
    if (style === null || styles[prompt] !== undefined) return;
    if (!('bold' in style)) this.#knowsMarkdown = false;
    styles[prompt] = { headings: 0, list_items: 0, bold: 0, ...style };
  }

  #prompt(id: string): number {
    const known = this.#promptAt.get(id);
    if (known !== undefined) return known;
    this.#promptAt.set(id, this.#prompts.length);
    return this.#prompts.push({ id, messages: null, reference: null, kind: null }) - 1;
  }

  #contestant(name: string): number {
    const known = this.#contestantAt.get(name);
    if (known !== undefined) return known;
    this.#contestantAt.set(name, this.#contestants.length);
    this.#texts.push([]);
    this.#styles.push([]);
    this.#failed.push(new Set());
    return this.#contestants.push(name) - 1;
  }
}
