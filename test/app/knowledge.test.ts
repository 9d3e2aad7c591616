import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { describe, expect, it, onTestFinished, vi } from 'vitest';
import { informed, keptInformed, learnModels, openCatalog } from '../../src/app/knowledge.js';
import type { ModelSource } from '../../src/client/models/models.js';
import type { Settings } from '../../src/config/wishes.js';
import { memoryBudget } from '../../src/core/budget.js';
import type { ModelFacts, Prices } from '../../src/core/catalog.js';
import { SERVE } from '../../src/core/limits.js';
import type { Message } from '../../src/core/message.js';
import type { Provider } from '../../src/core/model.js';
import type { RunRequest, Warning } from '../../src/core/run.js';
import type { Engine } from '../../src/engine/index.js';
import { member, mixture } from '../support/mixture.js';

const FREE: Prices = { input: 0, output: 0, cachedInput: null, reasoning: null, request: 0, image: 0 };
const DEAR: Prices = { ...FREE, output: 1 };

function provider(name: string, baseUrl: string, dialect: Provider['dialect'] = 'openai'): Provider {
  return { name, dialect, baseUrl, apiKey: null, needsKey: false, headers: {}, extraBody: {}, privacy: {}, attribution: false };
}

const settings = (more: Partial<Settings> = {}): Settings => ({
  log: 'full',
  debugRequests: false,
  debugDir: '/nowhere',
  cache: null,
  budget: { day: null, month: null },
  pricing: {},
  serve: { ...SERVE, keys: [], allowedHosts: [], corsOrigins: [], requestsPerMinute: null, concurrency: null, sideRequests: [] },
  ...more,
});

interface World {
  providers: Provider[];
  models?: string[];
  maxCost?: number;
  settings?: Partial<Settings>;
  list?: ModelFacts[];
  sandbox?: boolean;
}

/** What is known of models at these providers, and what was asked for that. */
async function learn({ providers, models = ['some/model'], maxCost, settings: more, list = [], sandbox = false }: World) {
  const home = mkdtempSync(join(tmpdir(), 'mom-knowledge-'));
  onTestFinished(() => rmSync(home, { recursive: true, force: true }));
  const asked: string[] = [];
  const notes: Warning[] = [];
  const source: ModelSource = {
    fetchList: async ({ name }) => {
      asked.push(name);
      return list.length > 0 ? { told: list } : { failed: `${name} tells nothing` };
    },
    fetchModel: async (_provider, id) => {
      asked.push(id);
      return { told: null };
    },
  };
  const members = providers.flatMap(({ name }) => models.map((model) => member('', model, { provider: name })));
  const mix = mixture(members, [], maxCost === undefined ? {} : { maxCost: { usd: maxCost, setByUser: true } });
  const signal = new AbortController().signal;
  const catalog = await learnModels({
    providers,
    mixture: mix,
    settings: settings(more),
    source,
    sandbox,
    showsPrices: false,
    env: {},
    home,
    onNote: (note) => notes.push(note),
    signal,
  });
  onTestFinished(() => catalog.settle());
  return { catalog, mixture: mix, asked, notes };
}

describe('servers on this machine', () => {
  it.each([
    ['ollama', 'http://127.0.0.1:11434/v1'],
    ['ollama', 'http://localhost:9999/v1'],
    ['lmstudio', 'http://[::1]:1234/v1'],
  ])('%s at %s costs nothing by the call, and is asked for nothing', async (name, url) => {
    const { catalog, asked, notes } = await learn({ providers: [provider(name, url)], models: ['llama3.2:3b'], maxCost: 0 });
    expect(catalog.facts(name, 'llama3.2:3b')?.prices).toEqual(FREE);
    expect({ asked, notes }).toEqual({ asked: [], notes: [] });
  });

  it.each(['gpt-oss:120b-cloud', 'glm-4.6:cloud'])('%s is paid elsewhere, so its price is not known', async (model) => {
    const { catalog } = await learn({ providers: [provider('ollama', 'http://127.0.0.1:11434/v1')], models: [model] });
    expect(catalog.facts('ollama', model)?.prices ?? null).toBeNull();
  });

  it.each([
    ['ollama', 'https://ollama.example/v1'],
    ['ollama', 'http://127.0.0.1.example/v1'],
    ['vllm', 'http://127.0.0.1:8000/v1'],
    ['openrouter', 'http://127.0.0.1:8000/v1'],
  ])('%s at %s may cost anything', async (name, url) => {
    const { catalog } = await learn({ providers: [provider(name, url)] });
    expect(catalog.facts(name, 'some/model')?.prices ?? null).toBeNull();
  });

  it.each(['some/model', 'ollama:some/model'])('cost what pricing: says of %s', async (key) => {
    const providers = [provider('ollama', 'http://127.0.0.1:11434/v1')];
    const { catalog } = await learn({ providers, settings: { pricing: { [key]: DEAR } } });
    expect(catalog.facts('ollama', 'some/model')?.prices).toEqual(DEAR);
  });

  it('of the sandbox are no such servers', async () => {
    const { catalog } = await learn({ providers: [provider('ollama', 'http://127.0.0.1:11434/v1', 'openrouter')], sandbox: true });
    expect(catalog.facts('ollama', 'some/model')?.prices ?? null).toBeNull();
  });
});

const own = () => provider('openrouter', 'http://127.0.0.1:1/v1', 'openrouter');
const PICTURE: Message = { role: 'user', content: [{ type: 'image_url', image_url: { url: 'data:,' } }] };
const facts: ModelFacts = {
  id: 'some/model',
  context: 8_000,
  maxOutput: null,
  images: false,
  parameters: null,
  expires: null,
  prices: FREE,
};

/** An engine that only tells that it was run, after what is known of the model then. */
async function runWith(world: World, messages: Message[]) {
  const { catalog, mixture: mix, asked, notes } = await learn(world);
  let known: ModelFacts | null = null;
  const engine = {
    run: async () => {
      known = catalog.facts('openrouter', 'some/model');
    },
  } as unknown as Engine;
  await informed(engine, catalog).run({ messages, mixture: mix, stream: false });
  return { asked, notes, known };
}

describe('what a server of the user’s own is asked before a run', () => {
  it('is nothing for a plain question', async () => {
    const { asked, known } = await runWith({ providers: [own()], list: [facts] }, [{ role: 'user', content: 'x'.repeat(100_000) }]);
    expect({ asked, known }).toEqual({ asked: [], known: null });
  });

  it.each<[string, Message]>([
    ['an image', PICTURE],
    ['a large text', { role: 'user', content: 'x'.repeat(100_001) }],
  ])('is its list for %s, which is waited for', async (_what, message) => {
    const { asked, known } = await runWith({ providers: [own()], list: [facts] }, [message]);
    expect(asked).toEqual(['openrouter']);
    expect(known).toEqual(facts);
  });

  it('is nothing where its list says nothing of images', async () => {
    expect((await runWith({ providers: [provider('openrouter', 'http://127.0.0.1:1/v1')], list: [facts] }, [PICTURE])).asked).toEqual([]);
  });

  it('does not stop the run where it does not come', async () => {
    const { asked, notes, known } = await runWith({ providers: [own()] }, [PICTURE]);
    expect({ asked, notes, known }).toEqual({ asked: ['openrouter'], notes: [], known: null });
  });

  it('is its list under a cap of the user’s, and why it did not come is told', async () => {
    const { asked, notes } = await learn({ providers: [own()], maxCost: 1 });
    expect(asked).toEqual(['openrouter']);
    expect(notes).toEqual([{ code: 'prices_unknown', message: 'openrouter tells nothing; no price is known of some/model' }]);
  });
});

describe('an engine that serves for days', () => {
  const OPENROUTER = provider('openrouter', 'https://openrouter.ai/api/v1', 'openrouter');

  /** An engine that answers nothing, what its catalog asked for, and the catalog. */
  function serve(list: ModelFacts[], more: Partial<Settings> = {}) {
    const home = mkdtempSync(join(tmpdir(), 'mom-knowledge-'));
    onTestFinished(() => rmSync(home, { recursive: true, force: true }));
    const asked: string[] = [];
    const source: ModelSource = {
      fetchList: async ({ name }) => {
        asked.push(name);
        return { told: list };
      },
      fetchModel: async () => ({ told: null }),
    };
    const catalog = openCatalog({
      providers: [OPENROUTER],
      settings: settings(more),
      source,
      sandbox: false,
      env: {},
      home,
      onNote: () => {},
    });
    onTestFinished(() => catalog.settle());
    const known: (Prices | null)[] = [];
    const bare = {
      run: async () => {
        known.push(catalog.facts('openrouter', 'some/model')?.prices ?? null);
      },
    } as unknown as Engine;
    const engine = keptInformed(bare, catalog, settings(more));
    const run = (request: Partial<RunRequest> = {}) =>
      engine.run({
        messages: [],
        mixture: mixture([member('', 'some/model', { provider: 'openrouter' })], [], { maxCost: null }),
        stream: false,
        ...request,
      });
    return { run, asked, known };
  }

  const LISTED: ModelFacts = {
    id: 'some/model',
    context: 10,
    maxOutput: null,
    images: null,
    parameters: null,
    expires: null,
    prices: DEAR,
  };

  it('fetches a list of yesterday anew, beside the run', async () => {
    vi.useFakeTimers({ toFake: ['Date'], now: new Date('2026-01-02T12:00:00Z') });
    onTestFinished(() => void vi.useRealTimers());
    const list = [LISTED];
    const { run, asked, known } = serve(list);
    await run();
    await vi.waitFor(() => expect(asked).toEqual(['openrouter']));
    await vi.waitFor(async () => {
      await run();
      expect(known.at(-1)).toEqual(DEAR);
    });
    expect(asked).toEqual(['openrouter']);
    vi.setSystemTime(new Date('2026-01-03T12:00:01Z'));
    list[0] = { ...LISTED, prices: FREE };
    await run();
    expect(known.at(-1)).toEqual(DEAR);
    await vi.waitFor(() => expect(asked).toEqual(['openrouter', 'openrouter']));
    await vi.waitFor(async () => {
      await run();
      expect(known.at(-1)).toEqual(FREE);
    });
  });

  it('knows the prices before a run that a budget or a cap limits', async () => {
    const budget = memoryBudget(1, 'a budget', 'none');
    for (const [more, request] of [
      [{ budget: { day: 1, month: null } }, {}],
      [{}, { budgets: [budget] }],
      [{}, { mixture: mixture([member('', 'some/model', { provider: 'openrouter' })], [], { maxCost: { usd: 1, setByUser: true } }) }],
    ] as [Partial<Settings>, Partial<RunRequest>][]) {
      const { run, known } = serve([LISTED], more);
      await run(request);
      expect(known).toEqual([DEAR]);
    }
  });
});
