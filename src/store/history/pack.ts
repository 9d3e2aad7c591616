import type { RunSummary, StoredRun } from '../../core/history.js';
import { messageText } from '../../core/message.js';
import type { CallRecord, RunResult } from '../../core/run.js';
import { type PackedMessage, packPrompts, unpackPrompts } from './pack-prompts.js';

/** Characters of a question in the list of runs. */
const QUESTION = 200;

/** What stands in `records`, as JSON: each text once, though a result names most calls several times. */
interface Packed extends Omit<StoredRun, 'summary' | 'result' | 'prompts'> {
  prompts: Readonly<Record<string, readonly PackedMessage[]>>;
  result: Omit<RunResult, 'proposals' | 'critic'> & { proposals: (CallRecord | string)[]; critic: CallRecord | string | null };
}

/** The text of `records` for a run. */
export function pack({ origin, content, messages, result, started, prompts }: Omit<StoredRun, 'summary'>): string {
  const calls = new Set(result.calls.map((call) => call.id));
  const short = (call: CallRecord) => (calls.has(call.id) ? call.id : call);
  const { proposals, critic } = result;
  const packed: Packed = {
    origin,
    content,
    messages,
    result: { ...result, proposals: proposals.map(short), critic: critic && short(critic) },
    started,
    prompts: packPrompts(prompts, messages),
  };
  return JSON.stringify(packed);
}

/** The run that {@link pack} made this of. */
export function unpack(summary: string, record: string): StoredRun {
  const packed = JSON.parse(record) as Packed;
  const calls = new Map(packed.result.calls.map((call) => [call.id, call]));
  const whole = (call: CallRecord | string) => (typeof call === 'string' ? (calls.get(call) as CallRecord) : call);
  const { proposals, critic } = packed.result;
  const result = { ...packed.result, proposals: proposals.map(whole), critic: critic === null ? null : whole(critic) };
  return { summary: JSON.parse(summary) as RunSummary, ...packed, result, prompts: unpackPrompts(packed.prompts, packed.messages) };
}

/** The line of a run in the list. */
export function summarize({ origin, content, messages, result }: Omit<StoredRun, 'summary'>, startedAt: string): RunSummary {
  return {
    id: result.id,
    started_at: startedAt,
    door: origin.door,
    client: origin.client,
    sandbox: origin.sandbox,
    mixture: result.mixture,
    strategy: result.strategy,
    status: result.status,
    error_code: result.error?.code ?? null,
    models: askedModels(result.calls),
    question: content ? beginning(lastQuestion(messages)) : null,
    cost_usd: result.cost_usd,
    cost_source: result.cost_source,
    duration_ms: result.duration_ms,
    input_tokens: result.usage.input_tokens,
    output_tokens: result.usage.output_tokens,
    parent: origin.parent,
    link: origin.link,
    conversation: origin.conversation,
  };
}

/** The text of the user's last turn. */
export function lastQuestion(messages: StoredRun['messages']): string {
  const last = messages.findLast((message) => message.role === 'user');
  return last === undefined ? '' : messageText(last);
}

/** Several samples of one model are one. */
function askedModels(calls: readonly CallRecord[]): string[] {
  const proposers = calls.filter((call) => call.kind === 'proposer');
  const asked = proposers.length > 0 ? proposers : calls.filter((call) => call.kind === 'critic').slice(0, 1);
  return [...new Set(asked.map((call) => call.model))];
}

function beginning(text: string): string {
  const line = text
    .slice(0, 4 * QUESTION)
    .replace(/\s+/g, ' ')
    .trim();
  return [...line].slice(0, QUESTION).join('');
}
