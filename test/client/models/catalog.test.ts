import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { createClient } from '../../../src/client/index.js';
import { type CatalogOptions, createCatalog, type Need, type PreparedCatalog } from '../../../src/client/models/catalog.js';
import type { ModelSource, Told } from '../../../src/client/models/models.js';
import type { Catalog, ModelFacts, ModelRecord, ModelShelf, Prices } from '../../../src/core/catalog.js';
import { systemClock } from '../../../src/core/clock.js';
import type { Provider } from '../../../src/core/model.js';
import type { Warning } from '../../../src/core/run.js';
import { startSandbox } from '../../../src/sandbox/index.js';
import { createPriceShelf } from '../../../src/store/price-lists.js';
import { FakeClock } from '../../support/fake-clock.js';
import { cleanup } from '../support.js';

const HOUR = 3_600_000;
const DAY = 24 * HOUR;
/** What the fake clock shows at its start. */
const NOW = '2026-01-02T03:04:05.000Z';

function ago(ms: number): string {
  return new Date(Date.parse(NOW) - ms).toISOString();
}

function price(input: number, output = input): Prices {
  return { input, output, cachedInput: null, reasoning: null, request: 0, image: 0 };
}

function model(id: string, more: Partial<ModelFacts> = {}): ModelFacts {
  return { id, context: null, maxOutput: null, images: null, parameters: null, expires: null, prices: price(1), ...more };
}

function record(fetched_at: string | null, models: ModelFacts[], lookups: Record<string, [string, ModelFacts | null]> = {}): ModelRecord {
  return {
    list: fetched_at === null ? null : { fetched_at, models: new Map(models.map((facts) => [facts.id, facts])) },
    lookups: new Map(Object.entries(lookups).map(([id, [asked_at, facts]]) => [id, { asked_at, facts }])),
  };
}

function upProvider(baseUrl: string, dialect: Provider['dialect']): Provider {
  return {
    name: 'up',
    dialect,
    baseUrl,
    apiKey: null,
    needsKey: false,
    headers: {},
    extraBody: {},
    privacy: {},
    attribution: false,
  };
}

interface World {
  catalog: PreparedCatalog;
  clock: FakeClock;
  notes: Warning[];
  /** What was asked of the source, in order. */
  asked: string[];
  saved: ModelRecord[];
  prepare(models: readonly string[], need?: Need): Promise<void>;
  /** Lets so many milliseconds pass. */
  pass(ms: number): Promise<void>;
}

interface Script {
  kept?: ModelRecord;
  note?: string;
  list?: Told<ModelFacts[]> | 'hang';
  models?: Record<string, Told<ModelFacts | null>>;
  dialect?: Provider['dialect'];
  more?: Partial<CatalogOptions>;
}

function world({ kept, note, list = { failed: 'up is down' }, models = {}, dialect = 'openrouter', more = {} }: Script = {}): World {
  const clock = new FakeClock();
  const asked: string[] = [];
  const saved: ModelRecord[] = [];
  const notes: Warning[] = [];
  const untilAborted = (signal: AbortSignal) =>
    new Promise<{ failed: string }>((resolve) => signal.addEventListener('abort', () => resolve({ failed: 'cancelled' })));
  const source: ModelSource = {
    fetchList: async (_, signal) => {
      asked.push('list');
      return list === 'hang' ? untilAborted(signal) : list;
    },
    fetchModel: async (_, id) => {
      asked.push(id);
      return models[id] ?? { told: null };
    },
  };
  const shelf: ModelShelf = {
    load: () => ({ record: kept ?? null, note: note ?? null }),
    save: (_provider, _baseUrl, kept) => saved.push(structuredClone(kept) as ModelRecord),
  };
  const provider = upProvider('http://up.test/v1', dialect);
  const catalog = createCatalog({
    providers: [provider],
    shelf,
    source,
    pricing: {},
    clock,
    onNote: (warning) => notes.push(warning),
    ...more,
  });
  const prepare = (ids: readonly string[], need: Need = 'prices') =>
    clock.play(
      catalog.prepare(
        ids.map((id) => ({ provider: 'up', model: id })),
        need,
        new AbortController().signal,
      ),
    );
  const pass = (ms: number) => clock.play(new Promise<void>((resolve) => void clock.after(ms, resolve)));
  return { catalog, clock, notes, asked, saved, prepare, pass };
}

const LISTED = { told: [model('a/one'), model('a/two', { prices: null })] };

/** Null for a model in service, else the nearest that is. */
const gone = (catalog: Catalog, id: string) => (catalog.retired('up', id) ? { nearest: catalog.nearest('up', id, () => true) } : null);

describe('where facts come from', () => {
  it('a list that is fetched, waited for when prices are needed, and kept with its date', async () => {
    const { catalog, asked, saved, prepare } = world({ list: LISTED });
    expect(catalog.facts('up', 'a/one')).toBeNull();
    await prepare(['a/one']);
    expect(catalog.facts('up', 'a/one')).toEqual(model('a/one'));
    expect(catalog.facts('up', 'a/none')).toBeNull();
    expect(catalog.facts('other', 'a/one')).toBeNull();
    expect(catalog.listedAt('up')).toBe(NOW);
    expect(catalog.listedAt('other')).toBeNull();
    expect(asked).toEqual(['list']);
    expect(saved).toEqual([record(NOW, LISTED.told)]);
  });

  it('a fresh list that is kept: nobody is asked', async () => {
    const { catalog, asked, prepare } = world({ kept: record(ago(DAY - 1), [model('a/one')]) });
    await prepare(['a/one']);
    expect(catalog.facts('up', 'a/one')).toEqual(model('a/one'));
    expect(catalog.listedAt('up')).toBe(ago(DAY - 1));
    expect(asked).toEqual([]);
  });

  it('an older one meanwhile, while the new one comes in the background', async () => {
    const { catalog, asked, clock, pass, prepare } = world({ kept: record(ago(DAY), [model('a/one')]), list: 'hang' });
    await prepare(['a/one']);
    expect(clock.now()).toBe(0);
    expect(asked).toEqual([]);
    expect(catalog.facts('up', 'a/one')).toEqual(model('a/one'));
    await pass(50);
    expect(asked).toEqual(['list']);
    await catalog.settle();
  });

  it('the new one, once it is there', async () => {
    const fresh = { told: [model('a/one', { prices: price(2) })] };
    const { catalog, saved, pass, prepare } = world({ kept: record(ago(DAY), [model('a/one')]), list: fresh });
    await prepare(['a/one'], 'nothing');
    await pass(50);
    expect(catalog.facts('up', 'a/one')?.prices).toEqual(price(2));
    expect(saved).toHaveLength(1);
  });

  it('the configuration, whose prices win over any list', async () => {
    const pricing = { 'a/one': price(5), 'up:a/two': price(6), 'a/two': price(7), 'other:a/three': price(8), 'up:a/latest': price(9) };
    const { catalog, prepare } = world({
      kept: record(ago(1), [model('a/one', { context: 9 })]),
      models: { 'a/three': { failed: 'no' } },
      more: { pricing },
    });
    await prepare(['a/one', 'a/two']);
    expect(catalog.facts('up', 'a/one')).toEqual(model('a/one', { context: 9, prices: price(5) }));
    expect(catalog.facts('up', 'a/two')).toEqual(model('a/two', { prices: price(6) }));
    expect(catalog.facts('up', 'a/three')).toBeNull();
    expect(catalog.facts('up', 'constructor')).toBeNull();
    expect(catalog.facts('up', '~a/latest')?.prices).toEqual(price(9));
  });

  it('single models that the list lacks, each asked for once and kept with its date', async () => {
    const alias = model('~a/latest', { prices: price(3) });
    const { catalog, asked, saved, prepare } = world({ list: LISTED, models: { '~a/latest': { told: alias } } });
    await prepare(['~a/latest', 'a/one', '~a/latest']);
    await prepare(['~a/latest']);
    expect(asked).toEqual(['list', '~a/latest']);
    expect(catalog.facts('up', '~a/latest')).toEqual(alias);
    expect(saved.at(-1)).toEqual(record(NOW, LISTED.told, { '~a/latest': [NOW, alias] }));
  });

  it('asks again for a single model after a day, and uses what it knows meanwhile', async () => {
    const alias = model('~a/latest');
    const { catalog, asked, pass, prepare } = world({
      kept: record(ago(1), [model('a/one')], { '~a/latest': [ago(DAY), alias] }),
      models: { '~a/latest': { failed: 'down' } },
    });
    await prepare(['~a/latest']);
    await pass(50);
    expect(asked).toEqual(['~a/latest']);
    expect(catalog.facts('up', '~a/latest')).toEqual(alias);
  });

  it('asks a plain OpenAI server for its list only, and never calls a model retired that it lacks', async () => {
    const { catalog, asked, prepare } = world({ dialect: 'openai', list: { told: [model('llama', { prices: null })] } });
    await prepare(['llama', 'qwen']);
    expect(asked).toEqual(['list']);
    expect(catalog.facts('up', 'llama')).toEqual(model('llama', { prices: null }));
    expect(gone(catalog, 'qwen')).toBeNull();
  });

  it('only what is kept, without a source', async () => {
    const { catalog, clock, notes, prepare } = world({ kept: record(ago(2 * DAY), [model('a/one')]), more: { source: null } });
    await prepare(['a/one', 'a/gone']);
    expect(catalog.facts('up', 'a/one')).toEqual(model('a/one'));
    expect(catalog.facts('up', 'a/gone')).toBeNull();
    expect(clock.now()).toBe(0);
    expect(notes).toEqual([]);
  });
});

describe('waiting', () => {
  it('is for prices only', async () => {
    const { asked, clock, catalog, notes, pass, prepare } = world({ list: 'hang' });
    await prepare(['a/one'], 'nothing');
    expect(clock.now()).toBe(0);
    await pass(50);
    expect(asked).toEqual(['list']);
    await catalog.settle();
    expect(notes).toEqual([]);
  });

  it('is not even begun by a run that is over before', async () => {
    const { asked, catalog, pass, prepare } = world({ list: LISTED });
    await prepare(['a/one'], 'nothing');
    await catalog.settle();
    await pass(1_000);
    expect(asked).toEqual([]);
  });

  it('for a list that fails in the background is nobody’s trouble', async () => {
    const { asked, notes, pass, prepare } = world();
    await prepare(['a/one'], 'nothing');
    await pass(50);
    expect(asked).toEqual(['list']);
    expect(notes).toEqual([]);
  });

  it('ends after 5 s, with one note', async () => {
    const { catalog, clock, notes, prepare } = world({ list: 'hang' });
    await prepare(['a/one', 'a/two']);
    expect(clock.now()).toBe(5_000);
    expect(notes).toEqual([
      { code: 'prices_unknown', message: 'up did not tell its prices within 5 s; no price is known of a/one, a/two' },
    ]);
    await catalog.settle();
    expect(notes).toHaveLength(1);
  });

  it('is none when the configuration has all prices', async () => {
    const { clock, catalog, prepare } = world({ list: 'hang', more: { pricing: { 'a/one': price(1) } } });
    await prepare(['a/one']);
    expect(clock.now()).toBe(0);
    await catalog.settle();
  });

  it('ends with the signal', async () => {
    const { catalog, clock, notes } = world({ list: 'hang' });
    const controller = new AbortController();
    const preparing = catalog.prepare([{ provider: 'up', model: 'a/one' }], 'prices', controller.signal);
    controller.abort();
    await preparing;
    expect(clock.now()).toBe(0);
    expect(notes).toEqual([]);
    await catalog.settle();
  });
});

describe('facts that are needed', () => {
  it('are waited for where nothing is known of a model, whatever its price', async () => {
    const { catalog, asked, prepare } = world({ list: LISTED, more: { pricing: { 'a/one': price(3) } } });
    await prepare(['a/one'], 'facts');
    expect(asked).toEqual(['list']);
    expect(catalog.facts('up', 'a/one')).toEqual(model('a/one', { prices: price(3) }));
  });

  it('are not waited for where an older list has them', async () => {
    const { asked, clock, prepare } = world({ kept: record(ago(DAY), [model('a/two', { prices: null })]), list: 'hang' });
    await prepare(['a/two'], 'facts');
    expect({ now: clock.now(), asked }).toEqual({ now: 0, asked: [] });
  });

  it('are not asked of a plain OpenAI server, whose list tells nothing but ids', async () => {
    const { asked, clock, prepare } = world({ list: 'hang', dialect: 'openai' });
    await prepare(['a/one'], 'facts');
    expect({ now: clock.now(), asked }).toEqual({ now: 0, asked: [] });
  });

  it('are no trouble where they do not come, after 5 s at most', async () => {
    const { notes, clock, prepare } = world({ list: 'hang' });
    await prepare(['a/one'], 'facts');
    expect({ now: clock.now(), notes }).toEqual({ now: 5_000, notes: [] });
  });
});

describe('a provider that is asked only for what is needed', () => {
  const more = { mayVolunteer: () => false };

  it.each<[string, Script, Need]>([
    ['nothing is needed', {}, 'nothing'],
    ['all prices are configured', { more: { ...more, pricing: { 'a/one': price(3) } } }, 'prices'],
    ['its models are free', { more: { ...more, isFree: () => true } }, 'prices'],
    ['nothing is needed, and its list is old', { kept: record(ago(DAY), [model('a/one')]) }, 'nothing'],
  ])('is asked nothing where %s', async (_what, script, need) => {
    const { asked, pass, prepare } = world({ list: LISTED, more, ...script });
    await prepare(['a/one'], need);
    await pass(1_000);
    expect(asked).toEqual([]);
  });

  it('is asked anew for an old list that is made use of', async () => {
    const { asked, pass, prepare } = world({ list: LISTED, more, kept: record(ago(DAY), [model('a/one')]) });
    await prepare(['a/one'], 'prices');
    await pass(50);
    expect(asked).toEqual(['list']);
  });
});

describe('trouble', () => {
  it('a list that can’t be had is one note, and asked for again after a minute only', async () => {
    const { asked, notes, pass, prepare } = world({ list: { failed: 'up is down' } });
    await prepare(['a/one']);
    expect(notes).toEqual([{ code: 'prices_unknown', message: 'up is down; no price is known of a/one' }]);
    await prepare(['a/one']);
    expect(asked).toEqual(['list']);
    await pass(60_000);
    await prepare(['a/one']);
    expect(asked).toEqual(['list', 'list']);
  });

  it('an old list stays in use when the new one fails, without a note where its prices do', async () => {
    const { catalog, notes, prepare } = world({ kept: record(ago(3 * DAY), [model('a/one')]) });
    await prepare(['a/one']);
    expect(catalog.facts('up', 'a/one')).toEqual(model('a/one'));
    expect(notes).toEqual([]);
  });

  it('says what is wrong with a kept list, once', async () => {
    const { notes, prepare } = world({ note: 'it is broken', list: LISTED });
    await prepare(['a/one'], 'nothing');
    await prepare(['a/one'], 'nothing');
    expect(notes).toEqual([{ code: 'price_list_unusable', message: 'it is broken' }]);
  });

  it('does not believe a missing page of a provider that has no page of single models', async () => {
    const { catalog, asked, saved, notes, prepare } = world({ list: LISTED });
    await prepare(['a/new', 'a/newer']);
    expect(asked).toEqual(['list', 'a/new', 'a/newer', 'a/one']);
    expect(gone(catalog, 'a/new')).toBeNull();
    expect(saved.at(-1)?.lookups.size).toBe(0);
    expect(notes).toEqual([{ code: 'prices_unknown', message: 'up tells nothing of single models; no price is known of a/new, a/newer' }]);
    await prepare(['a/new']);
    expect(asked).toHaveLength(4);
  });
});

describe('answers about single models', () => {
  it('are bounded: names that nobody has are forgotten first', async () => {
    const list = { told: [model('a/one')] };
    const { catalog, asked, prepare } = world({
      list,
      models: { '~a/latest': { told: model('~a/latest') }, 'a/one': { told: model('a/one') } },
    });
    await prepare(['~a/latest']);
    for (let i = 0; i < 500; i++) await prepare([`a/made-up-${i}`], 'facts');
    expect(catalog.facts('up', '~a/latest')).toEqual(model('~a/latest'));
    expect(catalog.retired('up', 'a/made-up-0')).toBe(false);
    expect([1, 499].map((i) => catalog.retired('up', `a/made-up-${i}`))).toEqual([true, true]);
    const before = asked.length;
    await prepare(['a/made-up-499', '~a/latest'], 'facts');
    expect(asked).toHaveLength(before);
    await prepare(['a/made-up-0'], 'facts');
    expect(asked.slice(before)).toEqual(['a/made-up-0']);
  });
});

describe('a retired model', () => {
  const living = { 'a/one': { told: model('a/one') } };

  it('is one that the list and a search of its own both lack; the nearest of its vendor is named', async () => {
    const list = { told: [model('b/gpt-4-turbo-old'), model('a/gpt-4-turbo'), model('a/gpt-5'), model('a/one')] };
    const { catalog, saved, prepare } = world({ list, models: { 'b/gpt-4-turbo-old': { told: model('b/gpt-4-turbo-old') } } });
    await prepare(['a/gpt-4-turbo-old', 'a/gpt-5']);
    expect(gone(catalog, 'a/gpt-4-turbo-old')).toEqual({ nearest: 'a/gpt-4-turbo' });
    expect(gone(catalog, 'a/gpt-5')).toBeNull();
    expect(catalog.facts('up', 'a/gpt-4-turbo-old')).toBeNull();
    expect(saved.at(-1)?.lookups.get('a/gpt-4-turbo-old')).toEqual({ asked_at: NOW, facts: null });
  });

  it('is one whose last day is over, and none is named that is over as well', async () => {
    const kept = record(ago(1), [
      model('a/over', { expires: '2026-01-01' }),
      model('a/today', { expires: '2026-01-02' }),
      model('a/overt', { expires: '2025-12-31T00:00:00Z' }),
      model('a/over-2', { expires: '2026-02-01' }),
    ]);
    const { catalog, prepare } = world({ kept });
    await prepare(['a/over']);
    expect(gone(catalog, 'a/over')).toEqual({ nearest: 'a/over-2' });
    expect(gone(catalog, 'a/today')).toBeNull();
    expect(gone(catalog, 'a/over-2')).toBeNull();
  });

  it('has no nearest one where none is near', async () => {
    const { catalog, prepare } = world({ list: { told: [model('a/one')] }, models: living });
    await prepare(['zephyr/some-model-7b', 'a/one']);
    expect(gone(catalog, 'zephyr/some-model-7b')).toEqual({ nearest: null });
  });

  it('may be in service under another vendor’s name', async () => {
    const { catalog, prepare } = world({ list: { told: [model('a/one'), model('mistral/mixtral-8x7b')] }, models: living });
    await prepare(['mistralai/mixtral-8x7b']);
    expect(gone(catalog, 'mistralai/mixtral-8x7b')).toEqual({ nearest: 'mistral/mixtral-8x7b' });
  });

  it('is not one that nobody was asked about, or that only a search of last week lacked', async () => {
    const kept = record(ago(1), [model('a/one')], { 'a/gone': [ago(7 * DAY), null] });
    const { catalog, prepare } = world({ kept, more: { source: null } });
    await prepare(['a/gone', 'a/new']);
    expect(gone(catalog, 'a/gone')).toBeNull();
    expect(gone(catalog, 'a/new')).toBeNull();
  });

  it.each(['~a/latest', 'a/one:nitro', 'a/two@preset/mine', '@preset/mine'])(
    'is never %s, which is made up when it is asked for',
    async (id) => {
      const { catalog, prepare } = world({ list: LISTED, models: living });
      await prepare([id, 'a/one']);
      expect(gone(catalog, id)).toBeNull();
    },
  );

  it('is known from the shelf without asking', async () => {
    const { catalog, asked, prepare } = world({ kept: record(ago(1), [model('a/one')], { 'a/gone': [ago(HOUR), null] }) });
    await prepare(['a/gone'], 'nothing');
    expect(gone(catalog, 'a/gone')).toEqual({ nearest: 'a/one' });
    expect(asked).toEqual([]);
  });
});

it('learns of the sandbox’s models over HTTP, and another process finds them on the shelf', async () => {
  const base = mkdtempSync(join(tmpdir(), 'mom-catalog-'));
  const sandbox = await startSandbox({});
  const providers = [upProvider(sandbox.url, 'openrouter')];
  const client = createClient({ providers, env: {} });
  cleanup(() => {
    client.close();
    void sandbox.close();
    rmSync(base, { recursive: true, force: true });
  });
  const make = (source: ModelSource | null) =>
    createCatalog({
      providers,
      shelf: createPriceShelf({ XDG_CACHE_HOME: base }, '/nowhere'),
      source,
      pricing: {},
      clock: systemClock,
      onNote: (note) => expect.unreachable(note.message),
    });
  const models = ['sandbox/text', 'sandbox/in=30,out=60', '~openai/gpt-latest', 'missing/x'];
  const members = models.map((id) => ({ provider: 'up', model: id }));
  const first = make(client);
  // The one that is missing has no price, and that is no trouble.
  await first.prepare(members, 'prices', new AbortController().signal);
  await first.settle();
  const second = make(null);
  await second.prepare(members, 'prices', new AbortController().signal);
  for (const catalog of [first, second]) {
    expect(models.map((id) => catalog.facts('up', id)?.prices ?? null)).toEqual([price(1e-6, 2e-6), price(30e-6, 60e-6), price(0), null]);
    expect(catalog.facts('up', 'sandbox/text')).toMatchObject({ context: 10_000_000, images: true, expires: null });
    expect(gone(catalog, 'missing/x')).toEqual({ nearest: null });
  }
});

describe('a list that is waited for', () => {
  it('is fetched where it is missing or old, kept, and left alone while it is new', async () => {
    const { catalog, asked, saved } = world({ kept: record(ago(25 * HOUR), [model('a/old')]), list: { told: [model('a/new')] } });
    expect(await catalog.refreshList('up', false)).toBeNull();
    expect(catalog.listed('up').map(({ id }) => id)).toEqual(['a/new']);
    expect(saved).toHaveLength(1);
    expect(await catalog.refreshList('up', false)).toBeNull();
    expect(asked).toEqual(['list']);
  });

  it('is fetched in any case where it is wished for anew', async () => {
    const { catalog, asked } = world({ kept: record(ago(0), [model('a/old')]), list: { told: [model('a/new')] } });
    expect(await catalog.refreshList('up', true)).toBeNull();
    expect(asked).toEqual(['list']);
    expect(catalog.listedAt('up')).toBe(NOW);
  });

  it('leaves the kept one in its place when it does not come, and says why', async () => {
    const { catalog } = world({ kept: record(ago(2 * DAY), [model('a/old')]), list: { failed: 'up is down', code: 'connection_failed' } });
    expect(await catalog.refreshList('up', false)).toEqual({ message: 'up is down', code: 'connection_failed' });
    expect(catalog.listed('up').map(({ id }) => id)).toEqual(['a/old']);
    expect(catalog.listedAt('up')).toBe(ago(2 * DAY));
  });

  it('is asked for once by two who want it, and of nobody without a network', async () => {
    const { catalog, asked } = world({ list: { told: [model('a/new')] } });
    await Promise.all([catalog.refreshList('up', true), catalog.refreshList('up', true)]);
    expect(asked).toEqual(['list']);
    expect(await world({ more: { source: null } }).catalog.refreshList('up', true)).toBeNull();
    expect(await catalog.refreshList('nobody', true)).toBeNull();
  });

  it('comes with what is wrong with the kept one', async () => {
    const { catalog, notes } = world({ note: 'its file is broken', list: { told: [model('a/new')] } });
    await catalog.refreshList('up', false);
    expect(notes).toEqual([{ code: 'price_list_unusable', message: 'its file is broken' }]);
  });
});
