import { isRecord } from '../../core/record.js';

/** What came with an answer's tool calls beside text and calls, in the shapes of the wire. */
export interface ThoughtsOfAnswer {
  /** OpenRouter's `reasoning_details`, whole, in order. */
  details: readonly Record<string, unknown>[];
  /** Other fields of the message. */
  fields: Record<string, unknown>;
  /** `extra_content` of each call; null: it has none. */
  extras: readonly (Record<string, unknown> | null)[];
}

/** Texts that come in pieces. */
const PIECEWISE = ['text', 'summary'] as const;

/** Puts the thoughts of one answer together from its chunks. */
export class ThoughtReader {
  readonly #details: Record<string, unknown>[] = [];
  /** `reasoning_content`: DeepSeek, and what speaks like it. */
  #content = '';

  /** Takes a delta, or a whole message. */
  push(delta: Record<string, unknown>): void {
    const { reasoning_details: details, reasoning_content: content } = delta;
    if (Array.isArray(details)) for (const detail of details) if (isRecord(detail)) this.#add(detail);
    if (typeof content === 'string') this.#content += content;
  }

  /** Null where nothing came that would be missed. */
  read(extras: ThoughtsOfAnswer['extras']): ThoughtsOfAnswer | null {
    // The details say the same and more.
    const fields = this.#details.length > 0 || this.#content === '' ? {} : { reasoning_content: this.#content };
    if (this.#details.length === 0 && this.#content === '' && extras.every((extra) => extra === null)) return null;
    return { details: this.#details, fields, extras };
  }

  /** A block's text comes in pieces with one index, its signature with the last of them; what is encrypted comes whole. */
  #add(piece: Record<string, unknown>): void {
    const last = this.#details.at(-1);
    if (last === undefined || !goesOn(last, piece)) {
      this.#details.push({ ...piece });
      return;
    }
    for (const [name, value] of Object.entries(piece)) {
      if (value === null || value === undefined) continue;
      const before = last[name];
      const isText = PIECEWISE.some((text) => text === name) && typeof value === 'string' && typeof before === 'string';
      last[name] = isText ? before + value : value;
    }
  }
}

function goesOn(last: Record<string, unknown>, piece: Record<string, unknown>): boolean {
  if (last.type !== piece.type || last.type === 'reasoning.encrypted') return false;
  if ((last.index ?? null) !== (piece.index ?? null)) return false;
  const ids = [last.id, piece.id].filter((id) => typeof id === 'string');
  if (ids.length === 2 && ids[0] !== ids[1]) return false;
  // A signature ends a block.
  return typeof last.signature !== 'string' || !PIECEWISE.some((name) => typeof piece[name] === 'string' && piece[name] !== '');
}
