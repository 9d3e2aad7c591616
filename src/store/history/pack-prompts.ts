import type { Message } from '../../core/message.js';

/** A message that was sent: as it stands in the conversation (its place), that with text behind it, or another. */
export type PackedMessage = number | { of: number; more: string } | Message;

type Prompts<M> = Readonly<Record<string, readonly M[]>>;

/** Most of what a critic is sent is the conversation, which need not stand there once more. */
export function packPrompts(prompts: Prompts<Message>, messages: readonly Message[]): Prompts<PackedMessage> {
  const places = new Map(messages.map((message, place) => [JSON.stringify(message), place]));
  return mapped(prompts, (message) => places.get(JSON.stringify(message)) ?? lengthened(message, messages) ?? message);
}

export function unpackPrompts(prompts: Prompts<PackedMessage>, messages: readonly Message[]): Prompts<Message> {
  return mapped(prompts, (packed) => {
    if (typeof packed === 'number') return messages[packed] as Message;
    if (!('of' in packed)) return packed;
    const message = messages[packed.of] as Message;
    return { ...message, content: `${message.content}${packed.more}` };
  });
}

function lengthened({ content, ...rest }: Message, messages: readonly Message[]): PackedMessage | null {
  if (typeof content !== 'string') return null;
  const others = JSON.stringify(rest);
  for (const [of, { content: begun, ...own }] of messages.entries()) {
    const isBegun = typeof begun === 'string' && begun !== '' && content.startsWith(begun);
    if (isBegun && JSON.stringify(own) === others) return { of, more: content.slice(begun.length) };
  }
  return null;
}

function mapped<A, B>(prompts: Prompts<A>, change: (message: A) => B): Prompts<B> {
  return Object.fromEntries(Object.entries(prompts).map(([id, sent]) => [id, sent.map(change)]));
}
