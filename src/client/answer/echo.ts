import { messageText } from '../../core/message.js';
import type { Provider } from '../../core/model.js';
import type { CallEvent, CallRequest } from '../../core/model-client.js';
import { formsOf, providerSecrets } from '../../core/secrets.js';

const MARK = '[key]';

/** So many characters of a key may go out before they are held back: fewer are the beginning of any word. */
const LEAST = 8;

/** Real keys are longer than dummies, and have digits. */
const SHORTEST_KEY = 16;

type Text = Extract<CallEvent, { type: 'text' | 'reasoning' | 'tool_delta' }>;

/** A text that has no place beside what was told of it. */
interface Told {
  /** The last characters that went out. */
  tail: string;
  /** What may be the beginning of a key. */
  held: string;
}

/**
 * Takes the key that a provider was sent out of what it answers: the answer goes to other providers, into records and to
 * clients who have no part in it. What the conversation itself contains stays, or a file with a key in it would come out
 * as another.
 */
export class EchoFilter {
  readonly #forms: readonly string[];
  readonly #beginnings: readonly string[];
  readonly #messages: CallRequest['messages'];
  readonly #told = new Map<Text['type'], Told>();
  #hides: boolean | null = null;

  private constructor(forms: readonly string[], messages: CallRequest['messages']) {
    this.#forms = forms;
    this.#beginnings = forms.map((form) => form.slice(0, LEAST));
    this.#messages = messages;
  }

  /** Null where there is nothing to take out. */
  static of(provider: Provider, messages: CallRequest['messages']): EchoFilter | null {
    const forms = keyForms(provider);
    return forms.length === 0 ? null : new EchoFilter(forms, messages);
  }

  clean(events: readonly CallEvent[]): CallEvent[] {
    return events.flatMap((event) => this.#event(event));
  }

  #event(event: CallEvent): CallEvent[] {
    switch (event.type) {
      case 'text':
      case 'reasoning':
      case 'tool_delta': {
        const text = this.#piece(event);
        return text === '' ? [] : [{ ...event, text }];
      }
      case 'model':
        return [{ ...event, resolvedModel: this.#whole(event.resolvedModel) }];
      case 'open':
        return [{ ...event, generationId: event.generationId && this.#whole(event.generationId) }];
      case 'tool_call': {
        const { id, name, arguments: given } = event.call;
        return [{ ...event, call: { id: this.#whole(id), name: this.#whole(name), arguments: this.#whole(given) } }];
      }
      case 'finish':
        return [...this.#rests(), { ...event, reason: this.#whole(event.reason) }];
      default:
        return [event];
    }
  }

  #whole(text: string): string {
    return this.#forms.some((form) => text.includes(form)) && this.#isHidden() ? without(text, this.#forms) : text;
  }

  /** What can go out of a text that comes in pieces. */
  #piece({ type, text }: Text): string {
    const { tail, held } = this.#told.get(type) ?? { tail: '', held: '' };
    const all = tail + held + text;
    // Every piece of every answer passes here, and hardly any has to do with a key.
    if (!this.#beginnings.some((beginning) => all.includes(beginning))) {
      this.#told.set(type, { tail: all.slice(1 - LEAST), held: '' });
      return text;
    }
    let out = '';
    let from = tail.length;
    let begin = 0;
    for (let key = this.#next(all, 0); key !== null && this.#isHidden(); key = this.#next(all, begin)) {
      out += all.slice(from, Math.max(from, key.at)) + MARK;
      from = key.end;
      begin = key.end;
    }
    const hold = this.#hides === false ? all.length : Math.max(from, this.#unsure(all, begin));
    this.#told.set(type, { tail: all.slice(Math.max(begin, hold - LEAST + 1), hold), held: all.slice(hold) });
    return out + all.slice(from, hold);
  }

  #next(text: string, begin: number): { at: number; end: number } | null {
    let first: { at: number; end: number } | null = null;
    for (const form of this.#forms) {
      const at = text.indexOf(form, begin);
      if (at >= 0 && (first === null || at < first.at)) first = { at, end: at + form.length };
    }
    return first;
  }

  /** Where the text may have begun to tell a key; its end when it has not. */
  #unsure(text: string, begin: number): number {
    let least = text.length;
    for (const form of this.#forms) {
      const first = form.charAt(0);
      let at = text.indexOf(first, Math.max(begin, text.length - form.length + 1));
      while (at >= 0 && text.length - at >= LEAST && !form.startsWith(text.slice(at))) at = text.indexOf(first, at + 1);
      if (at >= 0 && text.length - at >= LEAST) least = Math.min(least, at);
    }
    return least;
  }

  #rests(): CallEvent[] {
    const rests = [...this.#told].flatMap(([type, { held }]): Text[] => (held === '' ? [] : [{ type, text: held }]));
    this.#told.clear();
    return rests;
  }

  #isHidden(): boolean {
    this.#hides ??= !this.#messages.some((message) => this.#forms.some((form) => said(message).includes(form)));
    return this.#hides;
  }
}

/** A provider's answer as a whole, without the key that it was sent. */
export function withoutOwnKey(text: string, provider: Provider): string {
  return without(text, keyForms(provider));
}

/** Keys only: a dummy such as `lm-studio` is a word that may stand in any answer. */
function keyForms(provider: Provider): string[] {
  return providerSecrets(provider)
    .filter((secret) => secret.length >= SHORTEST_KEY && /\d/.test(secret))
    .flatMap(formsOf);
}

function without(text: string, forms: readonly string[]): string {
  return forms.reduce((rest, form) => rest.replaceAll(form, MARK), text);
}

function said(message: CallRequest['messages'][number]): string {
  return `${messageText(message)}\n${(message.tool_calls ?? []).map((call) => call.function.arguments).join('\n')}`;
}
