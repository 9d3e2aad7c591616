import type { RunSummary, StoredRun } from '../../src/core/history.js';
import type { RunResult } from '../../src/core/run.js';
import { events, resultOf } from '../observe/sample-run.js';

export function runSummary(changes: Partial<RunSummary> = {}): RunSummary {
  return {
    id: '20260131-081500-0a1b2c',
    started_at: '2026-01-31T08:15:00.123Z',
    door: 'ask',
    client: null,
    sandbox: false,
    mixture: 'default',
    strategy: 'fuse',
    status: 'complete',
    error_code: null,
    models: ['acme/one', 'other/two'],
    question: 'What is it?',
    cost_usd: 0.11,
    cost_source: 'reported',
    duration_ms: 14_000,
    input_tokens: 20,
    output_tokens: 10,
    parent: null,
    link: null,
    conversation: '20260131-081500-0a1b2c',
    ...changes,
  };
}

interface Changes {
  summary?: Partial<RunSummary>;
  origin?: Partial<StoredRun['origin']>;
  result?: Partial<RunResult>;
}

/** The run of the sample events as the store keeps it. */
export function storedRun({ summary = {}, origin = {}, result = {} }: Changes = {}, changes: Partial<StoredRun> = {}): StoredRun {
  const all = events();
  const starts = all.flatMap((event) => (event.type === 'call.start' ? [event] : []));
  const [start] = all.flatMap((event) => (event.type === 'run.start' ? [event] : []));
  const { id, door, client, sandbox, parent, link, conversation } = runSummary(summary);
  return {
    summary: runSummary({ status: 'degraded', cost_usd: 0.004, cost_source: 'estimated', duration_ms: 220, ...summary }),
    origin: { door, client, sandbox, parent, link, conversation, choice: {}, format: null, tools: false, ...origin },
    content: true,
    messages: start?.messages ?? [],
    result: { ...resultOf(all), id, ...result },
    started: Object.fromEntries(starts.map((event) => [event.call.id, event.t_ms])),
    prompts: Object.fromEntries(starts.flatMap((event) => (event.messages === null ? [] : [[event.call.id, event.messages]]))),
    ...changes,
  };
}
