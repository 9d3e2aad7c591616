import type { ServerResponse } from 'node:http';
import { seededRandom } from '../core/random.js';
import type { Behaviour } from './items.js';
import { hashText } from './models.js';

/** What a refusal is decided by. */
export interface Asked {
  model: string;
  /** Every field of the body. */
  fields: Record<string, unknown>;
  /** How many requests this model has had, this one included. */
  number: number;
  seed: number;
}

/** Answers with an error status where the behaviour asks for one. */
export function refuse(response: ServerResponse, behaviour: Behaviour, asked: Asked): boolean {
  const reason = unsupportedParameter(behaviour, asked) ?? missingTools(behaviour, asked) ?? tooLongAnswer(behaviour, asked);
  if (reason !== null) {
    sendJson(response, 400, { error: { type: 'invalid_request_error', ...reason } });
    return true;
  }
  const status = drawnStatus(behaviour, asked);
  if (status === null) return false;
  if (behaviour.ra !== null) response.setHeader('retry-after', String(behaviour.ra));
  const send = (): void => sendError(response, status, `the sandbox was asked to answer ${status}`);
  if (behaviour.ttft === null) send();
  else {
    const timer = setTimeout(send, behaviour.ttft);
    response.on('close', () => clearTimeout(timer));
  }
  return true;
}

/** A refusal's `error`, in OpenAI's words. */
interface Reason {
  message: string;
  param: string;
  code: string;
}

function unsupportedParameter({ unsupported: param }: Behaviour, { fields }: Asked): Reason | null {
  if (param === null || !(param in fields)) return null;
  const instead = param === 'max_tokens' ? " Use 'max_completion_tokens' instead." : '';
  return {
    message: `Unsupported parameter: '${param}' is not supported with this model.${instead}`,
    param,
    code: 'unsupported_parameter',
  };
}

/** Anthropic's models take a history with tool calls only together with the tools. */
function missingTools({ needtools }: Behaviour, { fields }: Asked): Reason | null {
  const { tools, messages } = fields;
  if (!needtools || !Array.isArray(messages) || (Array.isArray(tools) && tools.length > 0)) return null;
  const usesTools = messages.some((message) => message.role === 'tool' || message.tool_calls?.length > 0);
  const message = 'Requests which include `tool_use` or `tool_result` blocks must define tools';
  return usesTools ? { message, param: 'tools', code: 'invalid_request' } : null;
}

function tooLongAnswer({ maxout }: Behaviour, { fields }: Asked): Reason | null {
  const param = 'max_completion_tokens' in fields ? 'max_completion_tokens' : 'max_tokens';
  const wanted = fields[param];
  if (maxout === null || typeof wanted !== 'number' || wanted <= maxout) return null;
  const message = `${param} is too large: ${wanted}. This model supports at most ${maxout} completion tokens, whereas you provided ${wanted}.`;
  return { message, param, code: 'invalid_value' };
}

/** The status that chance, or a bare `fail=N`, has in store for this request. */
function drawnStatus(behaviour: Behaviour, { model, number, seed }: Asked): number | null {
  let draw = seededRandom(seed ^ hashText(`${model}#${number}`))();
  const error = behaviour.errors.find(({ rate }) => {
    draw -= rate;
    return draw < 0;
  });
  const switched = (['hang', 'nodone', 'noend', 'empty', 'html', 'badjson', 'badtype', 'needtools', 'rubbish'] as const).some(
    (name) => behaviour[name],
  );
  const limited = (['stall', 'cut', 'err', 'finish', 'unsupported', 'maxout'] as const).some((name) => behaviour[name] !== null);
  const plainFail = behaviour.fail !== null && behaviour.errors.length === 0 && !switched && !limited;
  return error?.status ?? (plainFail ? 503 : null);
}

/** An error in OpenRouter's shape. */
export function sendError(response: ServerResponse, status: number, message: string): undefined {
  sendJson(response, status, { error: { message, code: status, metadata: { provider_name: 'Sandbox' } } });
}

export function sendJson(response: ServerResponse, status: number, value: unknown): undefined {
  response.writeHead(status, { 'content-type': 'application/json' }).end(JSON.stringify(value));
}
