import { formatDuration } from '../../core/duration.js';
import type { LogEntry } from '../../observe/request-log.js';
import { formatCount, formatUsd } from '../view/price.js';
import { sanitize } from '../view/sanitize.js';

/**
 * A line of the log for people: `19:07:47 200 mom · default fuse · complete · 14 s · 6.2k tokens · $0.11 · run 01k…`. What a
 * client or a provider said can't drive the terminal.
 */
export function logLine(entry: LogEntry): string {
  const time = new Date(entry.time).toTimeString().slice(0, 8);
  const text = entry.status === undefined ? noteText(entry) : requestText(entry);
  return `${time} ${sanitize(text).replaceAll('\n', ' ')}`;
}

function noteText({ level, msg }: LogEntry): string {
  return level === 'info' ? msg : `warning: ${msg}`;
}

function requestText(entry: LogEntry): string {
  const { status, client, model, mixture, strategy, outcome, ms, first_token_ms: first, run, error } = entry;
  const tokens = (entry.input_tokens ?? 0) + (entry.output_tokens ?? 0);
  return [
    `${status} ${model ?? `${entry.method} ${entry.path}`}`,
    [mixture, strategy].filter(Boolean).join(' '),
    outcome,
    ms === undefined ? '' : formatDuration(ms),
    first === undefined ? '' : `first word after ${formatDuration(first)}`,
    tokens > 0 ? `${formatCount(tokens)} tokens` : '',
    entry.cost_usd === undefined ? (run === undefined ? '' : 'cost unknown') : formatUsd(entry.cost_usd),
    client === undefined || client === 'local' ? '' : client,
    run === undefined ? '' : `run ${run}`,
    error === undefined ? '' : `${error.code}: ${error.message}`,
  ]
    .filter(Boolean)
    .join(' · ');
}
