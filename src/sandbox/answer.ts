import type { ServerResponse } from 'node:http';
import { type Bill, usageOf } from './bills.js';
import type { Behaviour } from './items.js';
import type { Reply } from './reply.js';
import { stepsOf, toolStyleOf } from './steps.js';
import { toolDeltas, toolTokens, wholeCalls } from './tool-deltas.js';
import { BodyWriter } from './writer.js';

const COMMENT = ': OPENROUTER PROCESSING\n\n';
/** Milliseconds between comments while a model is silent. */
const COMMENT_INTERVAL = 100;
/** Everything needed to send one answer. */
export interface Answer {
  behaviour: Behaviour;
  reply: Reply;
  bill: Bill;
}

/** Sends an answer as the request wants it, with the faults that its behaviour asks for; the bill grows with what is sent. */
export function sendAnswer(response: ServerResponse, answer: Answer): BodyWriter {
  const { behaviour, bill } = answer;
  const writer = new BodyWriter(response, behaviour.cut);
  if (behaviour.hang && !(behaviour.comments && bill.streamed)) return writer;
  const type = behaviour.html ? 'text/html; charset=utf-8' : bill.streamed ? 'text/event-stream' : 'application/json';
  const open = (): void => {
    response.writeHead(200, {
      'content-type': type,
      'x-generation-id': bill.id,
      ...(bill.streamed ? { 'cache-control': 'no-cache' } : {}),
    });
    if (!bill.streamed || behaviour.html) return;
    if (writer.write(COMMENT)) response.flushHeaders();
  };
  const send = (): void => {
    if (behaviour.html) {
      if (writer.write('<!doctype html><html><body><h1>502 Bad Gateway</h1></body></html>')) writer.end();
    } else if (bill.streamed) sendStream(writer, answer);
    else sendWhole(writer, answer);
  };
  if (behaviour.hang) {
    open();
    keepCommenting(writer);
  } else if (behaviour.ttft === null) {
    open();
    send();
  } else {
    if (bill.streamed) open();
    if (behaviour.comments && bill.streamed) writer.write(COMMENT);
    writer.after(behaviour.ttft, () => {
      if (!bill.streamed) open();
      send();
    });
  }
  return writer;
}

function keepCommenting(writer: BodyWriter): void {
  writer.after(COMMENT_INTERVAL, () => {
    if (writer.write(COMMENT)) keepCommenting(writer);
  });
}

function sendStream(writer: BodyWriter, answer: Answer): void {
  const { behaviour, reply, bill } = answer;
  const steps = stepsOf(reply, behaviour);
  const started = performance.now();
  let sent = 0;
  const pump = (): void => {
    const due = behaviour.tps === null ? steps.length : Math.floor(((performance.now() - started) * behaviour.tps) / 1000) + 1;
    let text = '';
    for (const { delta, words, textTokens, reasoningTokens } of steps.slice(sent, due)) {
      text += frame(bill, { choices: [{ ...choice(delta, null), ...logprobsOf(words, reply.logprob) }] });
      if (behaviour.comments) text += COMMENT;
      bill.textTokens += textTokens;
      bill.reasoningTokens += reasoningTokens;
    }
    sent = Math.max(sent, due);
    const done = sent >= steps.length;
    if (done && behaviour.stall === null) text += ending(answer);
    if (text !== '' && !writer.write(text)) return;
    if (!done) writer.after(1000 / (behaviour.tps ?? 1000), pump);
    else if (behaviour.stall === null) writer.end();
    else if (behaviour.comments) keepCommenting(writer);
  };
  pump();
}

function ending({ behaviour, reply, bill }: Answer): string {
  if (behaviour.badjson) return 'data: {"id":"broken","choices":[{"delta":{"content":\n\n';
  if (behaviour.err !== null) {
    const error = { code: 502, message: 'The provider broke off', metadata: { provider_name: 'Sandbox' } };
    return frame(bill, { error, choices: [choice({}, 'error')] });
  }
  if (behaviour.noend) return '';
  bill.finishReason = reply.finishReason;
  const last = toolStyleOf(behaviour) === 'whole' ? toolDeltas(reply.calls, 'whole')[0] : undefined;
  bill.textTokens += last?.tokens ?? 0;
  const delta = last === undefined ? { role: 'assistant', content: '' } : { role: 'assistant', content: null, tool_calls: last.tool_calls };
  const finish = frame(bill, { choices: [choice(delta, reply.finishReason)] });
  const usage = behaviour.nousage ? '' : frame(bill, { choices: [], usage: usageOf(bill, behaviour) });
  return finish + usage + (behaviour.nodone ? '' : 'data: [DONE]\n\n');
}

function sendWhole(writer: BodyWriter, { behaviour, reply, bill }: Answer): void {
  if (behaviour.stall !== null) return void writer.response.flushHeaders();
  bill.textTokens = reply.pieces.length + toolTokens(reply.calls);
  bill.reasoningTokens = reply.reasoning.length;
  bill.finishReason = behaviour.noend ? null : reply.finishReason;
  const text = reply.pieces.join('');
  const message = {
    role: 'assistant',
    content: behaviour.badtype ? { not: text } : text === '' && reply.calls.length > 0 ? null : text,
    ...(reply.reasoning.length > 0 ? { reasoning: reply.reasoning.join('') } : {}),
    ...(reply.calls.length === 0 ? {} : { tool_calls: wholeCalls(reply.calls, toolStyleOf(behaviour)) }),
  };
  const error = behaviour.err === null ? {} : { error: { code: 502, message: 'The provider broke off' } };
  const finishReason = behaviour.err === null ? bill.finishReason : 'error';
  const choices = [{ index: 0, message, finish_reason: finishReason, ...logprobsOf(reply.pieces, reply.logprob) }];
  const usage = behaviour.nousage ? {} : { usage: usageOf(bill, behaviour) };
  const body = JSON.stringify({ ...head(bill, 'chat.completion'), choices, ...error, ...usage });
  if (writer.write(behaviour.badjson ? body.slice(0, body.length / 2) : body)) writer.end();
}

/** The field that carries the probabilities of tokens; none where they are not given. */
function logprobsOf(tokens: readonly string[], logprob: number | null): Record<string, unknown> {
  return logprob === null || tokens.length === 0
    ? {}
    : { logprobs: { content: tokens.map((token) => ({ token, logprob, bytes: null, top_logprobs: [] })) } };
}

function choice(delta: Record<string, unknown>, finishReason: string | null): Record<string, unknown> {
  return { index: 0, delta, finish_reason: finishReason, native_finish_reason: finishReason };
}

function head(bill: Bill, object: string): Record<string, unknown> {
  return { id: bill.id, provider: 'Sandbox', model: bill.model, object, created: Math.floor(Date.now() / 1000) };
}

function frame(bill: Bill, fields: Record<string, unknown>): string {
  return `data: ${JSON.stringify({ ...head(bill, 'chat.completion.chunk'), ...fields })}\n\n`;
}
