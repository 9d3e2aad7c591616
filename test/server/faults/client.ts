/** All that a client can tell of one answer. */
export interface Seen {
  status: number;
  headers: Headers;
  /** Of the answer, as far as it came. */
  text: string;
  toolCalls: { id: string; function: { name: string; arguments: string } }[];
  finish: string | null;
  /** In the body, or in the last chunk of a stream. */
  error: { message: string; type: string; code: string | null } | null;
  /** `[DONE]` came. */
  done: boolean;
  mom: Mom | null;
  /** `usage.cost`, where it stands; undefined where it does not. */
  cost: number | undefined;
  /** The connection was cut. */
  broken: boolean;
}

interface Mom {
  run: string;
  status: string;
  cost_usd: number | null;
  cost_source?: string;
  warnings?: { code: string; message: string }[];
}

interface Choice {
  delta?: { content?: string; tool_calls?: Seen['toolCalls'] };
  message?: { content: string | null; tool_calls?: Seen['toolCalls'] };
  finish_reason: string | null;
}

interface Body {
  choices?: Choice[];
  error?: Seen['error'];
  mom?: Mom;
  usage?: { cost?: number };
}

/** Asks as a client that streams, or not, and reads to the end. */
export async function see(url: string, body: Record<string, unknown>, stream: boolean): Promise<Seen> {
  const response = await fetch(`${url}/chat/completions`, {
    method: 'POST',
    headers: { 'content-type': 'application/json' },
    body: JSON.stringify({
      messages: [{ role: 'user', content: 'What is 6 x 7?' }],
      ...body,
      ...(stream ? { stream, stream_options: { include_usage: true } } : {}),
    }),
  });
  const { text, broken } = await readAll(response);
  const seen: Seen = {
    status: response.status,
    headers: response.headers,
    text: '',
    toolCalls: [],
    finish: null,
    error: null,
    done: false,
    mom: null,
    cost: undefined,
    broken,
  };
  if (!response.headers.get('content-type')?.startsWith('text/event-stream')) add(seen, JSON.parse(text) as Body);
  else for (const frame of text.split('\n\n')) if (frame.startsWith('data: ')) addFrame(seen, frame.slice(6));
  return seen;
}

function addFrame(seen: Seen, data: string): void {
  if (seen.done) throw new Error(`a frame behind [DONE]: ${data}`);
  if (data === '[DONE]') seen.done = true;
  else add(seen, JSON.parse(data) as Body);
}

function add(seen: Seen, { choices = [], error, mom, usage }: Body): void {
  const [choice] = choices;
  const said = choice?.delta ?? choice?.message;
  seen.text += said?.content ?? '';
  seen.toolCalls.push(...(said?.tool_calls ?? []));
  seen.finish = choice?.finish_reason ?? seen.finish;
  seen.error = error ?? seen.error;
  seen.mom = mom ?? seen.mom;
  seen.cost = usage?.cost ?? seen.cost;
}

async function readAll(response: Response): Promise<{ text: string; broken: boolean }> {
  const parts: Uint8Array[] = [];
  let broken = false;
  try {
    for await (const part of response.body ?? []) parts.push(part);
  } catch {
    // What came until then is looked at all the same.
    broken = true;
  }
  return { text: Buffer.concat(parts).toString('utf8'), broken };
}
