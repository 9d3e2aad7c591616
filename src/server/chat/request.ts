import type { AnswerFormat } from '../../core/answer-format.js';
import type { Message } from '../../core/message.js';
import type { SamplingParams } from '../../core/model.js';
import { isRecord } from '../../core/record.js';
import type { ToolOffer } from '../../core/tool.js';
import { ApiError } from '../errors.js';
import { checkModelName } from '../model-name.js';
import { invalid, type Json, kindOf, optionalBoolean, optionalInteger, optionalNumber, optionalObject, requiredText } from './fields.js';
import { readMessages } from './messages.js';
import { readTools, usesFunctions } from './tools.js';

/** What is asked where a client names no model. */
const DEFAULT_MODEL = 'mom';

const EFFORTS: readonly unknown[] = ['none', 'minimal', 'low', 'medium', 'high', 'xhigh'];

/** A request for a chat completion, as far as it means anything here. */
export interface ChatRequest {
  /** As the client named it. */
  model: string;
  messages: Message[];
  stream: boolean;
  /** A stream tells its usage at its end. */
  includeUsage: boolean;
  /** Of the call that writes the answer. */
  params: SamplingParams;
  tools: ToolOffer | null;
  /** The client understands a `function_call` in place of tool calls. */
  usesFunctions: boolean;
  format: AnswerFormat | null;
}

/**
 * Reads what clients send: strict where an answer would be another than was asked for, lenient with everything else.
 * Null counts as absent; what means nothing here, or is not known, is passed over. @throws ApiError that names the field
 */
export function readRequest(body: unknown): ChatRequest {
  if (!isRecord(body)) throw new ApiError('invalid_request', `the body must be a JSON object, not ${kindOf(body)}`);
  refuseSeveral(body);
  return {
    model: body.model == null ? DEFAULT_MODEL : checkModelName(requiredText(body.model, 'model')),
    messages: readMessages(body.messages),
    stream: optionalBoolean(body, 'stream') ?? false,
    includeUsage: optionalObject(body, 'stream_options')?.include_usage === true,
    params: readParams(body),
    tools: readTools(body),
    usesFunctions: usesFunctions(body),
    format: readFormat(body),
  };
}

function refuseSeveral(body: Json): void {
  const n = optionalInteger(body, 'n') ?? 1;
  if (n === 1) return;
  throw invalid('n', `is ${n}, but there is one answer to a request`, 'leave it out, or ask several times');
}

function readParams(body: Json): SamplingParams {
  const params: SamplingParams = {
    temperature: optionalNumber(body, 'temperature'),
    top_p: optionalNumber(body, 'top_p'),
    seed: optionalInteger(body, 'seed'),
    max_tokens: readMaxTokens(body),
    stop: readStop(body.stop ?? undefined),
    frequency_penalty: optionalNumber(body, 'frequency_penalty'),
    presence_penalty: optionalNumber(body, 'presence_penalty'),
    reasoning_effort: EFFORTS.includes(body.reasoning_effort) ? (body.reasoning_effort as string) : undefined,
  };
  // An undefined one would hide the member's own.
  return Object.fromEntries(Object.entries(params).filter(([, value]) => value !== undefined));
}

/** -1 is how clients of local servers say that there is no limit. */
function readMaxTokens(body: Json): number | undefined {
  const name = (body.max_completion_tokens ?? null) === null ? 'max_tokens' : 'max_completion_tokens';
  const value = optionalInteger(body, name);
  if (value === undefined || value === -1) return undefined;
  if (value < 1) throw invalid(name, `must be at least 1, not ${value}`);
  return value;
}

function readStop(stop: unknown): string | string[] | undefined {
  if (stop === undefined || typeof stop === 'string') return stop || undefined;
  if (!Array.isArray(stop)) throw invalid('stop', `must be a text or a list of texts, not ${kindOf(stop)}`);
  const texts = stop.map((text, i) => requiredText(text, `stop[${i}]`));
  return texts.length === 0 ? undefined : texts;
}

function readFormat(body: Json): AnswerFormat | null {
  const format = optionalObject(body, 'response_format');
  if (!format || format.type === 'text') return null;
  if (format.type === 'json_object') return { type: 'json_object' };
  if (format.type === 'json_schema') return readSchema(format);
  const type = typeof format.type === 'string' ? `'${format.type}'` : kindOf(format.type);
  throw invalid('response_format.type', `is ${type}, which is not known`, 'use text, json_object or json_schema');
}

function readSchema(format: Json): AnswerFormat {
  const param = 'response_format.json_schema';
  const wanted = optionalObject(format, 'json_schema', param);
  const schema = wanted && optionalObject(wanted, 'schema', `${param}.schema`);
  if (!wanted || !schema) throw invalid(wanted ? `${param}.schema` : param, 'is missing');
  const strict = optionalBoolean(wanted, 'strict', `${param}.strict`);
  return {
    type: 'json_schema',
    name: typeof wanted.name === 'string' && wanted.name !== '' ? wanted.name : 'answer',
    ...(typeof wanted.description === 'string' ? { description: wanted.description } : {}),
    schema,
    ...(strict === undefined ? {} : { strict }),
  };
}
