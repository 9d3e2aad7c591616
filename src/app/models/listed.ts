import type { PreparedCatalog } from '../../client/models/catalog.js';
import { NEVER_LISTED } from '../../client/models/model-book.js';
import type { Member } from '../../core/mixture.js';
import type { Provider } from '../../core/model.js';

/** What is known of a model that a client named. */
export type Listing = 'listed' | 'missing' | 'unknown';

type Asked = Pick<Member, 'provider' | 'model'>;

/** Vendors take names for the newest model of a line that their lists lack. */
const NEWEST = /-latest$/;

/**
 * Whether a provider has a model, as far as its list tells. OpenRouter is asked about a single id that its list lacks; of
 * another provider's list an id is missing only when no entry is like it: `llama3.2` is there as `llama3.2:latest`,
 * `gemini-2.5-pro` as `models/gemini-2.5-pro`, `claude-haiku-4-5` with a date behind it.
 */
export async function lookUp(
  catalog: PreparedCatalog,
  provider: Provider | undefined,
  asked: Asked,
  signal: AbortSignal,
): Promise<Listing> {
  if (catalog.facts(asked.provider, asked.model)) return catalog.retired(asked.provider, asked.model) ? 'missing' : 'listed';
  if (catalog.listedAt(asked.provider) === null || NEVER_LISTED.test(asked.model) || NEWEST.test(asked.model)) return 'unknown';
  if (provider?.dialect === 'openrouter') {
    await catalog.prepare([asked], 'facts', signal);
    if (catalog.retired(asked.provider, asked.model)) return 'missing';
    return catalog.facts(asked.provider, asked.model) ? 'listed' : 'unknown';
  }
  const like = (id: string) => id.includes('*') || id.startsWith(asked.model) || id.endsWith(`/${asked.model}`);
  return catalog.listed(asked.provider).some(({ id }) => like(id)) ? 'listed' : 'missing';
}
