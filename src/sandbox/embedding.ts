import type { ServerResponse } from 'node:http';
import { pricesOf } from './bills.js';
import { type Behaviour, parseItems, plainBehaviour } from './items.js';
import { hashText } from './models.js';
import { estimateTokens } from './tokens.js';

const DIMENSIONS = 256;
const PREFIX = 'sandbox/';
const REAL_MODEL = /^~?[\w.-]+([/:@][\w.:@+-]+)*$/;

/** What the sandbox reads of a request for embeddings. */
export interface EmbeddingRequest {
  model: string;
  inputs: string[];
  /** Every field of the body. */
  fields: Record<string, unknown>;
}

/** A request for embeddings from its body; a string says what is wrong with it. */
export function parseEmbeddingRequest(body: string): EmbeddingRequest | string {
  let fields: Record<string, unknown> | null;
  try {
    fields = JSON.parse(body) as Record<string, unknown> | null;
  } catch {
    // The reply says all there is to say: the parser's own words name no field.
    return 'the request body is not valid JSON';
  }
  if (typeof fields !== 'object' || fields === null) return 'the request body is not a JSON object';
  const { model, input } = fields;
  if (typeof model !== 'string' || model === '') return 'model must be a string';
  const inputs: unknown[] = Array.isArray(input) ? input : [input];
  const areTexts = inputs.length > 0 && inputs.every((text): text is string => typeof text === 'string' && text !== '');
  return areTexts ? { model, inputs, fields } : 'input must be a text or a list of texts';
}

/** True for `sandbox/embed`, alone or among other items. */
export function isEmbeddingModel(model: string): boolean {
  return model.startsWith(PREFIX) && model.slice(PREFIX.length).split(',').includes('embed');
}

/** How an embedding model behaves: `embed` with prices and faults as for other models, or a real model's id, free. Null: unknown. */
export function parseEmbeddingModel(model: string): Behaviour | null {
  if (model.startsWith(PREFIX)) {
    const items = model.slice(PREFIX.length).split(',');
    const others = items.filter((item) => item !== 'embed');
    return others.length === 0 ? plainBehaviour('text') : parseItems(others.join(','));
  }
  const isReal = REAL_MODEL.test(model) && !/^(missing|recorded)\//.test(model);
  return isReal ? { ...plainBehaviour('text'), in: 0, out: 0 } : null;
}

/** Answers with the places of all texts, or with the fault that the behaviour asks for. */
export function sendEmbeddings(response: ServerResponse, request: EmbeddingRequest, behaviour: Behaviour): void {
  if (behaviour.hang) return;
  const send = (): void => {
    if (behaviour.html) {
      response
        .writeHead(200, { 'content-type': 'text/html; charset=utf-8' })
        .end('<!doctype html><html><body><h1>502 Bad Gateway</h1></body></html>');
      return;
    }
    const body = JSON.stringify(embeddingBody(request, behaviour));
    response.writeHead(200, { 'content-type': 'application/json' }).end(behaviour.badjson ? body.slice(0, body.length / 2) : body);
  };
  const timer = setTimeout(send, behaviour.ttft ?? 0);
  response.on('close', () => clearTimeout(timer));
}

function embeddingBody({ model, inputs, fields }: EmbeddingRequest, behaviour: Behaviour): Record<string, unknown> {
  const tokens = estimateTokens(inputs.reduce((sum, text) => sum + text.length, 0));
  const cost = Number(((tokens * pricesOf(behaviour).input) / 1e6).toFixed(12));
  const usage = { prompt_tokens: tokens, total_tokens: tokens, ...(behaviour.nocost ? {} : { cost }) };
  const data = inputs.map((text, index) => ({
    object: 'embedding',
    index,
    embedding: behaviour.badtype ? { not: 'numbers' } : encoded(placeOf(text), fields.encoding_format),
  }));
  return { object: 'list', model, data: behaviour.empty ? [] : data, ...(behaviour.nousage ? {} : { usage }) };
}

/** As the client wants it: the openai package asks for base64 unless it is told otherwise. */
function encoded(place: number[], format: unknown): number[] | string {
  return format === 'base64' ? Buffer.from(new Float32Array(place).buffer).toString('base64') : place;
}

/**
 * The place of a text: its words, whatever their order, case and punctuation, each hashed to one of the dimensions;
 * of length 1. Texts with most of their words in common are near.
 */
function placeOf(text: string): number[] {
  const counts = new Array<number>(DIMENSIONS).fill(0);
  const words = text.toLowerCase().match(/[\p{L}\p{N}]+/gu) ?? [text];
  for (const word of words) {
    const dimension = hashText(word) % DIMENSIONS;
    counts[dimension] = (counts[dimension] ?? 0) + 1;
  }
  const length = Math.hypot(...counts);
  return counts.map((count) => Number((count / length).toFixed(6)));
}
