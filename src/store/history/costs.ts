import type { CostGroup, CostRow } from '../../core/history.js';
import type { Database } from '../database.js';
import { dollars } from './money.js';
import { firstSeq, SEQ_PER_MS } from './seq.js';

const KEYS: Record<CostGroup, string> = {
  day: `date(runs.seq / ${SEQ_PER_MS * 1000}, 'unixepoch')`,
  model: 'calls.model',
  mixture: 'runs.mixture',
  client: "coalesce(runs.client, CASE runs.door WHEN 'serve' THEN 'gateway' WHEN 'eval' THEN 'eval' ELSE 'shell' END)",
};

interface Row extends Omit<CostRow, 'cost_usd' | 'estimated_usd'> {
  cost: number;
  estimated: number;
}

/** What real runs have cost, in groups, in sums that can't overflow (`sum` can); a run without a call counts as a run, but belongs to no model. */
export function costs(database: Database, by: CostGroup, since: Date | null): CostRow[] {
  const rows = database
    .prepare(
      `SELECT ${KEYS[by]} AS key, count(DISTINCT runs.seq) AS runs, count(calls.seq) AS calls,
         total(calls.input_tokens) AS input_tokens, total(calls.output_tokens) AS output_tokens,
         total(calls.cost) AS cost,
         total(calls.cost) FILTER (WHERE calls.cost_source = 'estimated') AS estimated,
         count(*) FILTER (WHERE calls.seq IS NOT NULL AND (calls.cost IS NULL OR calls.cost_source = 'partial')) AS unpriced_calls
       FROM runs ${by === 'model' ? 'JOIN' : 'LEFT JOIN'} calls ON calls.seq = runs.seq
       WHERE runs.sandbox = 0 AND runs.seq >= ?
       GROUP BY 1 ORDER BY ${by === 'day' ? 'key' : 'cost DESC, key'}`,
    )
    .all(since === null ? 0 : firstSeq(since)) as Row[];
  return rows.map(({ cost, estimated, key, runs, calls, input_tokens, output_tokens, unpriced_calls }) => ({
    key,
    runs,
    calls,
    input_tokens,
    output_tokens,
    cost_usd: dollars(cost),
    estimated_usd: dollars(estimated),
    unpriced_calls,
  }));
}
