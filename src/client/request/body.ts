import type { AnswerFormat } from '../../core/answer-format.js';
import type { Provider } from '../../core/model.js';
import type { CallRequest } from '../../core/model-client.js';
import { isRecord } from '../../core/record.js';
import type { ToolOffer } from '../../core/tool.js';
import type { WireDialect } from '../dialects/dialect.js';
import { markedMessages } from './cache-marks.js';

export type Body = Record<string, unknown>;

/** The request's body: extra bodies of provider and member win over parameters, mom's own fields over both. */
export function buildBody(dialect: WireDialect, provider: Provider, request: CallRequest): Body {
  const { reasoning_effort: _dialects, logprobs, ...params } = request.params;
  const extras = dialect.extras(provider, request);
  // Only a wish for them is sent: servers that do not know the field refuse a `false` as well.
  const wishes = logprobs === true ? { logprobs } : {};
  const body: Body = { ...params, ...wishes, ...extras, ...provider.extraBody, ...request.extraBody };
  // A routing wish in extra_body adds to the data policy and can't lift it.
  if (isRecord(extras.provider) && isRecord(body.provider)) body.provider = { ...body.provider, ...extras.provider };
  for (const name in body) if (body[name] === undefined) delete body[name];
  const messages = dialect.takesCacheMarks(request.model) ? markedMessages(request, body) : request.messages;
  return {
    ...body,
    ...toolFields(request.tools),
    ...formatField(request.format),
    model: dialect.modelId(request.model),
    messages,
    stream: true,
  };
}

function toolFields(offer: ToolOffer | null): Body {
  // An empty list is refused by some, and says nothing.
  if (offer === null || offer.tools.length === 0) return {};
  return {
    tools: offer.tools,
    ...(offer.choice === undefined ? {} : { tool_choice: offer.choice }),
    ...(offer.parallel === undefined ? {} : { parallel_tool_calls: offer.parallel }),
  };
}

function formatField(format: AnswerFormat | null): Body {
  if (format === null) return {};
  if (format.type === 'json_object') return { response_format: { type: 'json_object' } };
  const { type, ...named } = format;
  return { response_format: { type, json_schema: named } };
}
