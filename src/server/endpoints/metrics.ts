import type { Metrics } from '../../observe/metrics/metrics.js';

export async function showMetrics(metrics: Metrics): Promise<Response> {
  return new Response(await metrics.text(), { headers: { 'content-type': metrics.contentType } });
}
