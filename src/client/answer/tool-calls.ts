import { randomBytes } from 'node:crypto';
import { isRecord } from '../../core/record.js';
import type { ToolCall } from '../../core/tool.js';

/** A piece of a tool call as it stands in a chunk, or a whole one. */
interface Piece {
  index: number | null;
  id: string;
  name: string;
  arguments: string;
  extra: Record<string, unknown> | null;
}

interface Draft {
  index: number | null;
  id: string;
  name: string;
  arguments: string;
  extra: Record<string, unknown> | null;
}

/**
 * Puts the tool calls of one answer together. Providers differ: pieces without an index, with one and the same index for
 * every call, without an id or with a new one each time, the name in each of them, arguments as an object, whole calls.
 */
export class ToolCallCollector {
  readonly #drafts: Draft[] = [];

  get isEmpty(): boolean {
    return this.#drafts.length === 0;
  }

  /**
   * Takes `tool_calls` or the older `function_call` of a delta or a message. Returns what is new of it as text: names and
   * arguments.
   * @throws TypeError when it is no piece of a tool call
   */
  push(value: unknown): string {
    let news = '';
    for (const entry of Array.isArray(value) ? value : [value]) {
      const piece = readPiece(entry);
      const draft = this.#draftOf(piece);
      if (piece.name !== '' && piece.name !== draft.name) {
        // A name that comes in pieces is over when the arguments begin.
        if (draft.arguments === '') draft.name += piece.name;
        news += piece.name;
      }
      if (draft.id === '') draft.id = piece.id;
      draft.extra ??= piece.extra;
      // Told once more, whole, at the end.
      if (piece.arguments === draft.arguments && isWhole(draft.arguments, false)) continue;
      draft.arguments += piece.arguments;
      news += piece.arguments;
    }
    return news;
  }

  /** The name of the first call that has no end, null when all are whole; `cut`: the answer ended before its time. */
  unfinished(cut: boolean): string | null {
    const broken = this.#drafts.find((draft) => draft.name === '' || !isWhole(draft.arguments, !cut));
    return broken === undefined ? null : broken.name || 'a tool';
  }

  /** The calls in order; each has an id of its own, and arguments that are JSON. */
  calls(): ToolCall[] {
    const taken = new Set<string>();
    return this.#drafts.map(({ id, name, arguments: text }) => {
      const own = id === '' || taken.has(id) ? `call_${randomBytes(12).toString('hex')}` : id;
      taken.add(own);
      return { id: own, name, arguments: text.trim() === '' ? '{}' : text };
    });
  }

  /** What Google's API says beside each call (`extra_content`): a signature of the thoughts that led to it. */
  extras(): (Record<string, unknown> | null)[] {
    return this.#drafts.map(({ extra }) => extra);
  }

  #draftOf(piece: Piece): Draft {
    const known = piece.index === null ? this.#withoutIndex(piece) : this.#atIndex(piece);
    if (known !== undefined && !startsAnother(known, piece)) return known;
    const draft: Draft = { index: piece.index, id: '', name: '', arguments: '', extra: null };
    this.#drafts.push(draft);
    return draft;
  }

  /** The last one counts: a provider that gives every call the same index tells them whole, one after the other. */
  #atIndex(piece: Piece): Draft | undefined {
    return this.#drafts.findLast((draft) => draft.index === piece.index);
  }

  #withoutIndex(piece: Piece): Draft | undefined {
    const byId = piece.id === '' ? undefined : this.#drafts.find((draft) => draft.id === piece.id);
    if (byId !== undefined || (piece.id !== '' && piece.name !== '')) return byId;
    return this.#drafts.at(-1);
  }
}

/**
 * True when a piece that seems to go on with a call begins a new one: it has a name, it does not repeat the call's id, and
 * the call is whole already. Some servers make up a new id for each piece, and some repeat the name.
 */
function startsAnother(draft: Draft, piece: Piece): boolean {
  if (piece.name === '' || (piece.id !== '' && piece.id === draft.id)) return false;
  const told = (piece.id !== '' && draft.id !== '') || piece.index === null;
  if (told && draft.name !== '' && piece.name !== draft.name) return true;
  // Arguments are an object: without its end they need not be parsed, which would take long for each piece of a long one.
  return draft.arguments.trimEnd().endsWith('}') && isWhole(draft.arguments, false);
}

/** True for a JSON text; `orNone`: and for no text at all, as a call without arguments may have it. */
function isWhole(text: string, orNone: boolean): boolean {
  if (text.trim() === '') return orNone;
  try {
    JSON.parse(text);
    return true;
  } catch {
    // It goes on, or will never be one.
    return false;
  }
}

function readPiece(entry: unknown): Piece {
  const { index, id, function: inner, extra_content: extra, ...rest } = record(entry);
  const said = inner === undefined || inner === null ? rest : record(inner);
  return {
    index: typeof index === 'number' ? index : null,
    id: typeof id === 'string' ? id : '',
    name: typeof said.name === 'string' ? said.name : '',
    arguments: textOf(said.arguments),
    extra: isRecord(extra) ? extra : null,
  };
}

function textOf(value: unknown): string {
  if (value === undefined || value === null) return '';
  return typeof value === 'string' ? value : JSON.stringify(value);
}

function record(value: unknown): Record<string, unknown> {
  if (isRecord(value)) return value;
  throw new TypeError('no piece of a tool call');
}
