import { type Message, messageText } from '../core/message.js';
import { isRecord } from '../core/record.js';
import { estimateTokens } from './tokens.js';

/** What the sandbox reads of a chat request. */
export interface ChatRequest {
  model: string;
  messages: Message[];
  stream: boolean;
  maxTokens: number | null;
  toolNames: string[];
  /** Whether the model may call a tool: there are some, and the client does not forbid it. */
  mayCall: boolean;
  /** Every field of the body. */
  fields: Record<string, unknown>;
  inputTokens: number;
}

/** A chat request from its body; a string says what is wrong with it. */
export function parseChatRequest(body: string): ChatRequest | string {
  let fields: Record<string, unknown>;
  try {
    fields = JSON.parse(body) as Record<string, unknown>;
  } catch {
    // The reply says all there is to say: the parser's own words name no field.
    return 'the request body is not valid JSON';
  }
  if (!isRecord(fields)) return 'the request body is not a JSON object';
  const { model, messages, tools } = fields;
  if (typeof model !== 'string' || model === '') return 'model must be a string';
  if (!Array.isArray(messages) || messages.length === 0) return 'messages must be a list that is not empty';
  if (!messages.every(isRecord)) return 'messages must hold objects';
  if (!messages.every(({ content }) => hasContentShape(content)))
    return 'the content of a message must be a string, null or a list of parts';
  const texts = (messages as unknown as Message[]).map(messageText);
  const maxTokens = fields.max_completion_tokens ?? fields.max_tokens;
  return {
    model,
    messages: messages as unknown as Message[],
    stream: fields.stream === true,
    maxTokens: typeof maxTokens === 'number' ? maxTokens : null,
    mayCall: Array.isArray(tools) && tools.length > 0 && fields.tool_choice !== 'none',
    toolNames: Array.isArray(tools) ? tools.map(toolName) : [],
    fields,
    inputTokens: estimateTokens(texts.reduce((sum, text) => sum + text.length, 0)),
  };
}

/** The text of the last user turn; empty when there is none. */
export function lastUserText(messages: readonly Message[]): string {
  const message = messages.findLast(({ role }) => role === 'user');
  return message === undefined ? '' : messageText(message);
}

function hasContentShape(content: unknown): boolean {
  return typeof content === 'string' || content == null || (Array.isArray(content) && content.every(isRecord));
}

function toolName(tool: { function?: { name?: string } } | null): string {
  return tool?.function?.name ?? 'unnamed';
}
