import { type ErrorInfo, errorInfo, type MomError } from '../core/error.js';

/** The lines of an error on stderr. */
export function errorText(error: ErrorInfo): string {
  return `mom: ${error.message}\n${error.hint ? `hint: ${error.hint}\n` : ''}`;
}

/** The object of `--json` for a run that never started: every key is there, what is not known is null. */
export function unstartedResult(error: MomError): Record<string, unknown> {
  return {
    schema_version: 1,
    id: null,
    status: error.code === 'cancelled' ? 'cancelled' : 'failed',
    answer: null,
    tool_calls: [],
    answer_source: null,
    finish_reason: null,
    mixture: null,
    strategy: null,
    route_reason: null,
    seed: null,
    proposals: [],
    critic: null,
    calls: [],
    usage: { input_tokens: 0, output_tokens: 0, reasoning_tokens: 0, cached_input_tokens: 0 },
    cost_usd: 0,
    cost_source: 'reported',
    duration_ms: 0,
    warnings: [],
    error: errorInfo(error),
  };
}

export type OutputFormat = 'text' | 'json' | 'jsonl';

/** The format a command line asks for, readable even when the line is otherwise wrong. */
export function wantedFormat(argv: readonly string[]): OutputFormat {
  const end = argv.indexOf('--');
  const args = end === -1 ? argv : argv.slice(0, end);
  if (args[0] !== undefined && OTHER_COMMANDS.has(args[0])) return 'text';
  let format: OutputFormat = 'text';
  args.forEach((argument, index) => {
    const value = argument === '--format' ? args[index + 1] : argument.startsWith('--format=') ? argument.slice(9) : null;
    if (value === 'json' || value === 'jsonl') format = value;
    if (argument === '--json') format = 'json';
  });
  return format;
}

const OTHER_COMMANDS = new Set([
  'serve',
  'logs',
  'cost',
  'eval',
  'models',
  'keys',
  'templates',
  'init',
  'config',
  'doctor',
  'completion',
  'sandbox',
]);

/** What a failure before the run prints on stdout; empty in text. */
export function unstartedOutput(format: OutputFormat, error: MomError): string {
  if (format === 'text') return '';
  const result = unstartedResult(error);
  return `${JSON.stringify(format === 'json' ? result : { type: 'run.end', run_id: null, t_ms: 0, result })}\n`;
}
