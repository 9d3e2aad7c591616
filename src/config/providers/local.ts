import { KNOWN_PROVIDERS } from './known.js';

/** The ids of the models that an OpenAI-compatible server lists at `baseUrl`; empty when none answers in time. */
export type Probe = (baseUrl: string) => Promise<string[]>;

/** Longest wait for a local server (milliseconds). */
const PROBE_TIMEOUT = 300;

export interface LocalServer {
  provider: string;
  baseUrl: string;
  models: string[];
}

/** The local servers that answer and have a model. */
export async function findLocalServers(probe: Probe): Promise<LocalServer[]> {
  const local = Object.entries(KNOWN_PROVIDERS).filter(([, known]) => known.host === null);
  const servers = await Promise.all(local.map(async ([provider, { baseUrl }]) => ({ provider, baseUrl, models: await probe(baseUrl) })));
  return servers.filter((server) => server.models.length > 0);
}

export const probeModels: Probe = async (baseUrl) => {
  const { get } = await import('node:http');
  return new Promise((resolve) => {
    const request = get(`${baseUrl}/models`, { agent: false, signal: AbortSignal.timeout(PROBE_TIMEOUT) }, (response) => {
      const chunks: Buffer[] = [];
      response.on('data', (chunk: Buffer) => chunks.push(chunk));
      response.on('error', () => resolve([]));
      response.on('end', () => resolve(response.statusCode === 200 ? modelIds(Buffer.concat(chunks).toString('utf8')) : []));
    });
    request.on('error', () => resolve([]));
  });
};

/** What is not a model list has no ids: another program may listen on the port. */
function modelIds(body: string): string[] {
  let value: unknown;
  try {
    value = JSON.parse(body);
  } catch {
    return [];
  }
  const data = (value as { data?: unknown } | null)?.data;
  if (!Array.isArray(data)) return [];
  return data.flatMap((item: { id?: unknown } | null) => (typeof item?.id === 'string' && !/embed/i.test(item.id) ? [item.id] : []));
}
