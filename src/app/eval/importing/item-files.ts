import { closeSync, openSync } from 'node:fs';
import { MomError, reasonOf } from '../../../core/error.js';
import type { TextStyle } from '../../../core/eval/data.js';
import { writeWhole } from '../../../core/system/private-file.js';
import type { AnswerItem, ComparisonItem, Item, KnownStyle, PromptItem } from '../../../eval/reading/items.js';
import { styleOf } from '../../../eval/scoring/style.js';
import type { DraftFolder, ImportFile } from './draft-folder.js';

/** Characters that are collected before they are written. */
const CHUNK = 256 * 1024;

/** What was written. */
export interface Written {
  prompts: number;
  answers: number;
  comparisons: number;
  /** Comparisons that hold no preference. */
  missing: number;
  contestants: readonly string[];
  judges: readonly string[];
}

/** Writes items into mom's own files as they come; of texts only the style stays in memory. */
export class ItemFiles {
  readonly #folder: DraftFolder;
  readonly #files = new Map<ImportFile, { fd: number; waiting: string }>();
  readonly #prompts = new Set<string>();
  /** Style of each answer, by contestant and prompt; null of one that failed. */
  readonly #styles = new Map<string, Map<string, TextStyle | null>>();
  readonly #contestants = new Set<string>();
  readonly #judges = new Set<string>();
  #answers = 0;
  #comparisons = 0;
  #missing = 0;

  constructor(folder: DraftFolder) {
    this.#folder = folder;
  }

  add(item: Item): void {
    if (item.type === 'prompt') this.#addPrompt(item);
    else if (item.type === 'answer') this.#addAnswer(item);
    else this.#addComparison(item);
  }

  /** Writes what is waiting. */
  end(): Written {
    for (const [name, file] of this.#files) this.#flush(name, file);
    this.close();
    return {
      prompts: this.#prompts.size,
      answers: this.#answers,
      comparisons: this.#comparisons,
      missing: this.#missing,
      contestants: [...this.#contestants],
      judges: [...this.#judges],
    };
  }

  close(): void {
    for (const { fd } of this.#files.values()) closeSync(fd);
    this.#files.clear();
  }

  /** What a project says twice of a prompt is said once. */
  #addPrompt({ id, messages, reference, kind }: PromptItem): void {
    if (this.#prompts.has(id)) return;
    this.#prompts.add(id);
    const [only] = messages;
    const asked = messages.length === 1 && typeof only?.content === 'string' ? { prompt: only.content } : { messages };
    this.#write('prompts.jsonl', { id, ...asked, ...(reference === null ? {} : { reference }), ...(kind === null ? {} : { kind }) });
  }

  /** Of two answers to one prompt the first one counts. */
  #addAnswer({ id, contestant, text }: AnswerItem): void {
    const styles = this.#styles.get(contestant) ?? new Map<string, TextStyle | null>();
    if (styles.has(id)) return;
    this.#styles.set(contestant, styles.set(id, text === null ? null : styleOf(text)));
    this.#contestants.add(contestant);
    this.#answers += 1;
    this.#write('answers.jsonl', { id, contestant, text });
  }

  #addComparison({ id, a, b, judge, preference, orders, style_a, style_b, position }: ComparisonItem): void {
    for (const contestant of [a, b]) this.#contestants.add(contestant);
    this.#judges.add(judge);
    if (preference === null) this.#missing += 1;
    else this.#comparisons += 1;
    const one = this.#styles.get(a)?.get(id) ?? style_a;
    const other = this.#styles.get(b)?.get(id) ?? style_b;
    const row = { id, a, b, judge, preference, orders, ...styleFields('a', one), ...styleFields('b', other), position };
    this.#write('preferences.jsonl', row);
  }

  #write(name: ImportFile, row: object): void {
    const file = this.#files.get(name) ?? this.#open(name);
    file.waiting += `${JSON.stringify(row)}\n`;
    if (file.waiting.length >= CHUNK) this.#flush(name, file);
  }

  #open(name: ImportFile): { fd: number; waiting: string } {
    const file = { fd: openSync(this.#folder.path(name), 'wx'), waiting: '' };
    this.#files.set(name, file);
    return file;
  }

  #flush(name: ImportFile, file: { fd: number; waiting: string }): void {
    try {
      writeWhole(file.fd, file.waiting);
    } catch (error) {
      throw new MomError('output_failed', `${name} could not be written: ${reasonOf(error)}`, { hint: 'make room', cause: error });
    }
    file.waiting = '';
  }
}

/** `length_a`, and `style_a` where more is known. */
function styleFields(side: 'a' | 'b', style: KnownStyle): object {
  if (style === null) return {};
  return { [`length_${side}`]: style.length, ...('bold' in style ? { [`style_${side}`]: style } : {}) };
}
