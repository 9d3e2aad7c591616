import { type Message, messageText } from '../../core/message.js';

/** Ids of prompts that files know by their text only. Two prompts with one text stay two. */
export class PromptIds {
  readonly #idsOf = new Map<string, string[]>();
  readonly #taken = new Set<string>();
  #met = new Map<string, number>();

  /** A prompt that brings its id along. */
  learn(id: string, messages: readonly Message[]): void {
    if (this.#taken.has(id)) return;
    this.#taken.add(id);
    const text = textOf(messages);
    const ids = this.#idsOf.get(text);
    if (ids === undefined) this.#idsOf.set(text, [id]);
    else ids.push(id);
  }

  /** In another file every text is met for the first time again. */
  startFile(): void {
    this.#met = new Map();
  }

  /** @param who in whose rows the text is met: the second time in the rows of one it is a second prompt */
  idOf(messages: readonly Message[], who: string): string {
    const ids = this.#idsOf.get(textOf(messages)) ?? [];
    const key = (first: string) => `${first}\0${who}`;
    const times = this.#met.get(key(ids[0] ?? '')) ?? 0;
    const id = ids[times] ?? this.#newId(messages);
    this.#met.set(key(ids[0] ?? id), times + 1);
    return id;
  }

  #newId(messages: readonly Message[]): string {
    let number = this.#taken.size + 1;
    while (this.#taken.has(String(number))) number += 1;
    this.learn(String(number), messages);
    return String(number);
  }
}

/** A lone question is known by its text, a conversation by all of it. */
function textOf(messages: readonly Message[]): string {
  const [only] = messages;
  return messages.length === 1 && only?.role === 'user' ? messageText(only) : JSON.stringify(messages);
}
