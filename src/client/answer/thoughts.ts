import { randomBytes } from 'node:crypto';
import { LRUCache } from 'lru-cache';
import { type Clock, systemClock } from '../../core/clock.js';
import { KEPT_THOUGHTS } from '../../core/limits.js';
import type { Message } from '../../core/message.js';
import type { ToolCall } from '../../core/tool.js';
import type { Subject } from '../failing/errors.js';
import type { ThoughtsOfAnswer } from './thought-reader.js';

/**
 * What models thought before they called tools. Providers want it back, signed as they sent it, in the next turn of a tool
 * loop: Gemini 3 (`extra_content.google.thought_signature`, or OpenRouter's `reasoning_details`) and DeepSeek
 * (`reasoning_content`) refuse the turn without it, Claude goes on without its thoughts. Clients of a gateway never see it,
 * so they can't return it. It outlives the clients that use it.
 */
export interface Thoughts {
  /** Keeps what came with the calls of an answer. Returns the calls under the ids by which it is found again. */
  keep(whose: Subject, calls: readonly ToolCall[], thoughts: ThoughtsOfAnswer): readonly ToolCall[];
  /** The conversation with what this model at this provider thought put back. The very same array where there is nothing. */
  putBack(whose: Subject, messages: readonly Message[]): readonly Message[];
}

interface Kept {
  /** Of all calls of the answer. */
  ids: readonly string[];
  /** Fields of the message. */
  fields: Record<string, unknown>;
  details: readonly Record<string, unknown>[];
  /** `extra_content` by the call's id. */
  extras: ReadonlyMap<string, Record<string, unknown>>;
  size: number;
}

/** Keeps the thoughts of the last answers, as many as {@link KEPT_THOUGHTS} allows, as long as somebody comes back for them. */
export function createThoughts({ clock = systemClock }: { clock?: Clock } = {}): Thoughts {
  const kept = new LRUCache<string, Kept>({
    max: KEPT_THOUGHTS.calls,
    maxSize: KEPT_THOUGHTS.characters,
    sizeCalculation: ({ size }) => size,
    ttl: KEPT_THOUGHTS.time,
    updateAgeOnGet: true,
    ttlResolution: 0,
    // An age counted from 0 would be taken for no age at all.
    perf: { now: () => clock.now() + 1 },
  });

  return {
    keep(whose, calls, thoughts) {
      // Providers use ids such as `tool_0_read` again and again: one that nobody can guess belongs to one conversation.
      const own = new Map(calls.map(({ id }) => [id, `call_${randomBytes(12).toString('hex')}`]));
      const idOf = (id: string) => own.get(id) ?? id;
      const details = thoughts.details.map((detail) => (typeof detail.id === 'string' ? { ...detail, id: idOf(detail.id) } : detail));
      const extras = new Map(thoughts.extras.flatMap((extra, i) => (extra === null ? [] : [[idOf(calls[i]?.id ?? ''), extra] as const])));
      const size = JSON.stringify([details, thoughts.fields, thoughts.extras]).length;
      const entry: Kept = { ids: [...own.values()], fields: thoughts.fields, details, extras, size };
      for (const id of entry.ids) kept.set(keyOf(whose, id), entry);
      return calls.map((call) => ({ ...call, id: idOf(call.id) }));
    },

    putBack(whose, messages) {
      if (kept.size === 0) return messages;
      const used = new Set<Kept>();
      const withThoughts = messages.map((message) => {
        const [entry] = (message.tool_calls ?? []).flatMap(({ id }) => kept.get(keyOf(whose, id)) ?? []);
        if (entry === undefined) return message;
        // A client may tell the calls of one answer in several messages: the first one has the thoughts.
        const isFirst = !used.has(entry);
        used.add(entry);
        return thoughtful(message, entry, isFirst);
      });
      return used.size === 0 ? messages : withThoughts;
    },
  };
}

/** The same name may stand for another address after a reload. */
function keyOf({ provider, model }: Subject, id: string): string {
  return JSON.stringify([provider.name, provider.baseUrl, model, id]);
}

function thoughtful(message: Message, { ids, fields, details, extras }: Kept, isFirst: boolean): Message {
  const calls = message.tool_calls ?? [];
  const here = new Set(calls.map(({ id }) => id));
  // What belongs to a call that the client has left out has nothing to stand beside.
  const fitting = details.filter(({ id }) => typeof id !== 'string' || !ids.includes(id) || here.has(id));
  const own = isFirst ? { ...fields, ...(fitting.length === 0 ? {} : { reasoning_details: fitting }) } : {};
  const tool_calls = calls.map((call) => {
    const extra = extras.get(call.id);
    return extra === undefined ? call : { ...call, extra_content: extra };
  });
  return { ...message, ...own, tool_calls };
}
