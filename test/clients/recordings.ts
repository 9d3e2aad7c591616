import { readFileSync } from 'node:fs';

// biome-ignore lint/suspicious/noExplicitAny: bodies as clients sent them
type Body = Record<string, any>;

interface Recording {
  client: string;
  tools?: unknown[];
  requests: { kind?: string; client?: string; body: Body }[];
}

/** The agents whose requests were recorded while they read and edited a file. */
export const AGENTS = ['pi', 'opencode', 'qwen', 'continue', 'cline'] as const;

/** The bodies of a client's requests, as it sent them. */
export function bodiesOf(client: string): Body[] {
  const { tools, requests } = read(client);
  return requests.map(({ body }) => (tools === undefined ? body : { ...body, tools }));
}

/** Requests beside the work, each under its client and kind. */
export function sideRequests(): Map<string, Body> {
  return new Map(read('side-requests').requests.map(({ client, kind, body }) => [`${client} ${kind}`, body]));
}

function read(name: string): Recording {
  return JSON.parse(readFileSync(`test/recorded/clients/${name}.json`, 'utf8')) as Recording;
}
