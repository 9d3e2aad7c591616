import type { RequestReport } from '../../core/request-report.js';
import type { BoundedLabels, Instruments } from './instruments.js';

/** Paths with a label of their own; anybody can ask for any other. */
const PATHS: ReadonlySet<string> = new Set(['/v1/chat/completions', '/v1/embeddings', '/v1/models']);
const METHODS: ReadonlySet<string> = new Set(['GET', 'HEAD', 'POST', 'OPTIONS']);
const ASK_MODELS: ReadonlySet<string> = new Set(['/v1/chat/completions', '/v1/embeddings']);

type Outcome = 'complete' | 'degraded' | 'failed' | 'cancelled' | 'refused';

/** Counts a request that is over. */
export function createRequestCounts(counts: Instruments, labels: BoundedLabels): (report: RequestReport) => void {
  return (report) => {
    counts.http.inc({ method: METHODS.has(report.method) ? report.method : 'other', path: pathLabel(report.path), status: report.status });
    if (report.method !== 'POST' || !ASK_MODELS.has(report.path)) return;
    const mixture = labels.mixture(report.mixture ?? '');
    const strategy = report.strategy ?? '';
    const client = labels.client(report.client ?? '');
    const status = outcomeOf(report);
    counts.requests.inc({ client, mixture, strategy, status });
    if (report.error) counts.failures.inc({ mixture, code: report.error.code });
    if (report.firstTokenMs !== null) counts.firstToken.observe({ mixture, strategy }, report.firstTokenMs / 1_000);
    if (status !== 'refused' && status !== 'cancelled') counts.duration.observe({ mixture, strategy }, report.durationMs / 1_000);
    if (report.path === '/v1/embeddings' && status === 'complete') countEmbeddings(report, client);
  };

  /** Embeddings are no run: what they cost stands in the report alone. */
  function countEmbeddings({ model, costUsd, usage }: RequestReport, client: string): void {
    const of = { mixture: '', provider: '', model: labels.model('', model ?? '') };
    if (usage !== null && usage.input_tokens > 0) counts.tokens.inc({ ...of, kind: 'input' }, usage.input_tokens);
    if (costUsd === null) counts.unpriced.inc(of);
    else {
      counts.cost.inc(of, costUsd);
      counts.clientCost.inc({ client }, costUsd);
    }
  }
}

function pathLabel(path: string): string {
  if (PATHS.has(path)) return path;
  return path.startsWith('/v1/models/') ? '/v1/models/{id}' : 'other';
}

function outcomeOf({ runStatus, status }: RequestReport): Outcome {
  if (runStatus !== null) return runStatus;
  if (status < 400) return 'complete';
  if (status === 499) return 'cancelled';
  return status >= 500 ? 'failed' : 'refused';
}
