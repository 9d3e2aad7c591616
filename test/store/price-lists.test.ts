import { chmodSync, mkdirSync, mkdtempSync, readdirSync, readFileSync, rmSync, statSync, utimesSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import type { ModelFacts, ModelRecord } from '../../src/core/catalog.js';
import { createPriceShelf } from '../../src/store/price-lists.js';

const URL = 'https://up.test/v1';
const NOW = new Date('2026-01-31T00:00:00.000Z');
const DAY = 24 * 3_600_000;

let base: string;
beforeEach(() => {
  base = mkdtempSync(join(tmpdir(), 'mom-shelf-'));
});
afterEach(() => {
  chmodSync(base, 0o700);
  rmSync(base, { recursive: true, force: true });
});

const shelf = () => createPriceShelf({ XDG_CACHE_HOME: base }, '/nowhere');
const folder = () => join(base, 'mom', 'models');
const onlyFile = () => join(folder(), readdirSync(folder())[0] as string);
const ago = (ms: number) => new Date(NOW.getTime() - ms).toISOString();

function model(id: string, more: Partial<ModelFacts> = {}): ModelFacts {
  return { id, context: null, maxOutput: null, images: null, parameters: null, expires: null, prices: null, ...more };
}

const FULL = model('a/full', {
  name: 'A: Full',
  modalities: { input: ['text', 'image'], output: ['text'] },
  context: 8_192,
  maxOutput: 4_096,
  images: true,
  parameters: ['seed', 'top_p'],
  expires: '2027-01-01',
  prices: { input: 1.25e-6, output: 1e-5, cachedInput: 1.25e-7, reasoning: null, request: 0, image: 0.001 },
});

function record(fetched_at: string | null, models: ModelFacts[], lookups: Record<string, [string, ModelFacts | null]> = {}): ModelRecord {
  return {
    list: fetched_at === null ? null : { fetched_at, models: new Map(models.map((facts) => [facts.id, facts])) },
    lookups: new Map(Object.entries(lookups).map(([id, [asked_at, facts]]) => [id, { asked_at, facts }])),
  };
}

describe('a kept model list', () => {
  it('comes back as it was, per provider and address', () => {
    const kept = record(
      ago(0),
      [
        FULL,
        model('a/bare', { images: false, parameters: ['seed', 'top_p'], modalities: { input: ['text'], output: ['image', 'text'] } }),
        model('a/none'),
      ],
      {
        '~a/latest': [ago(DAY), { ...FULL, id: '~a/latest' }],
        'a/gone': [ago(DAY), null],
      },
    );
    shelf().save('up', URL, kept);
    expect(shelf().load('up', URL, NOW)).toEqual({ record: kept, note: null });
    expect(shelf().load('down', URL, NOW)).toEqual({ record: null, note: null });
    expect(shelf().load('up', 'http://127.0.0.1:1/v1', NOW)).toEqual({ record: null, note: null });
  });

  it('that an older mom kept is read: its rows end before what it did not know', () => {
    shelf().save('up', URL, record(ago(0), [FULL], { 'a/b': [ago(0), FULL] }));
    const stored = JSON.parse(readFileSync(onlyFile(), 'utf8'));
    const older = { ...stored, models: [stored.models[0].slice(0, 6)], lookups: [['a/b', ago(0), stored.models[0].slice(0, 6)]] };
    writeFileSync(onlyFile(), JSON.stringify(older));
    const { name: _name, modalities: _modalities, ...rest } = FULL;
    const unknown = { ...rest, maxOutput: null };
    expect(shelf().load('up', URL, NOW)).toEqual({ record: record(ago(0), [unknown], { 'a/b': [ago(0), unknown] }), note: null });
  });

  it('is a 0600 file in a 0700 folder, which says where it is from', () => {
    shelf().save('up', URL, record(ago(0), [FULL]));
    expect(statSync(folder()).mode & 0o777).toBe(0o700);
    expect(statSync(onlyFile()).mode & 0o777).toBe(0o600);
    expect(JSON.parse(readFileSync(onlyFile(), 'utf8'))).toMatchObject({
      version: 1,
      provider: 'up',
      base_url: URL,
      fetched_at: ago(0),
    });
  });

  it('is replaced whole, and leaves no draft behind', () => {
    for (const at of [2, 1, 0]) shelf().save('up', URL, record(ago(at), [FULL]));
    expect(readdirSync(folder())).toHaveLength(1);
    expect(shelf().load('up', URL, NOW).record?.list?.fetched_at).toBe(ago(0));
  });

  it('is never half a file, whatever a reader sees while others write', () => {
    const long = record(
      ago(0),
      Array.from({ length: 400 }, (_, i) => ({ ...FULL, id: `a/model-${i}` })),
    );
    const short = record(ago(1), [FULL]);
    shelf().save('up', URL, short);
    const file = onlyFile();
    const inode = statSync(file).ino;
    shelf().save('up', URL, long);
    expect(statSync(file).ino).not.toBe(inode);
    expect(shelf().load('up', URL, NOW).record).toEqual(long);
  });

  it('lies in ~/.cache without the variable, or with a relative one, and nowhere without a home', () => {
    createPriceShelf({}, base).save('up', URL, record(ago(0), [FULL]));
    createPriceShelf({ XDG_CACHE_HOME: 'relative' }, base).save('other', URL, record(ago(0), [FULL]));
    expect(readdirSync(join(base, '.cache', 'mom', 'models'))).toHaveLength(2);
    const none = createPriceShelf({}, '');
    none.save('up', URL, record(ago(0), [FULL]));
    expect(none.load('up', URL, NOW)).toEqual({ record: null, note: null });
  });

  it('is left out silently where it can’t be written', () => {
    writeFileSync(join(base, 'mom'), 'a file where the folder should be');
    shelf().save('up', URL, record(ago(0), [FULL]));
    expect(shelf().load('up', URL, NOW)).toEqual({ record: null, note: null });
  });

  it('takes what nobody has used for a month with it', () => {
    mkdirSync(folder(), { recursive: true });
    const [old, young] = ['0123456789abcdef.json', 'fedcba9876543210.json.1.1.tmp'].map((name) => join(folder(), name)) as [string, string];
    for (const file of [old, young]) writeFileSync(file, '{}');
    const monthsAgo = new Date(Date.now() - 31 * DAY);
    utimesSync(old, monthsAgo, monthsAgo);
    shelf().save('up', URL, record(ago(0), [FULL]));
    expect(readdirSync(folder())).toHaveLength(2);
    expect(() => statSync(old)).toThrow('ENOENT');
  });

  it('keeps the 500 newest answers about single models', () => {
    const lookups = Object.fromEntries(Array.from({ length: 600 }, (_, i) => [`a/${i}`, [ago((600 - i) * 1_000), null] as [string, null]]));
    shelf().save('up', URL, record(null, [], lookups));
    const kept = shelf().load('up', URL, NOW).record?.lookups;
    expect(kept?.size).toBe(500);
    expect(kept?.has('a/99')).toBe(false);
    expect(kept?.has('a/100')).toBe(true);
  });

  it('is read within a few milliseconds with 400 models', () => {
    const parameters = ['max_tokens', 'temperature', 'top_p', 'seed', 'stop', 'tools', 'tool_choice', 'reasoning'];
    const models = Array.from({ length: 400 }, (_, i) => ({ ...FULL, id: `vendor-${i % 40}/some-model-name-${i}`, parameters }));
    shelf().save('up', URL, record(ago(0), models));
    const times = Array.from({ length: 20 }, () => {
      const start = performance.now();
      shelf().load('up', URL, NOW);
      return performance.now() - start;
    });
    expect(statSync(onlyFile()).size).toBeLessThan(50_000);
    expect(Math.min(...times)).toBeLessThan(5);
  });
});

describe('a kept list that is not used', () => {
  const note = (why: string) => `the price list kept of up is not used: ${why}`;
  const spoil = (change: (stored: Record<string, unknown>) => unknown) => {
    shelf().save('up', URL, record(ago(0), [FULL], { 'a/b': [ago(0), null] }));
    const changed = change(JSON.parse(readFileSync(onlyFile(), 'utf8')));
    writeFileSync(onlyFile(), typeof changed === 'string' ? changed : JSON.stringify(changed));
    return shelf().load('up', URL, NOW);
  };

  it.each<[string, (stored: Record<string, unknown>) => unknown]>([
    ['cut off', (stored) => JSON.stringify(stored).slice(0, 100)],
    ['empty', () => ''],
    ['null', () => null],
    ['a list', () => []],
    ['without a version', ({ version: _, ...rest }) => rest],
    ['of another address', (stored) => ({ ...stored, base_url: 'https://evil.test/v1' })],
    ['of another provider', (stored) => ({ ...stored, provider: 'evil' })],
    ['without models', ({ models: _, ...rest }) => rest],
    ['with a broken row', (stored) => ({ ...stored, models: [['a/x', 'many', null, null, null, null]] })],
    ['with a broken seventh field', (stored) => ({ ...stored, models: [['a/x', null, null, null, null, null, 'many']] })],
    ['with parameters that are not there', (stored) => ({ ...stored, models: [['a/x', null, null, 7, null, null]] })],
    ['with a negative price', (stored) => ({ ...stored, models: [['a/x', null, null, null, null, [-1, 0, null, null, 0, 0]]] })],
    ['with half the prices', (stored) => ({ ...stored, models: [['a/x', null, null, null, null, [1, 1]]] })],
    ['with a date that is none', (stored) => ({ ...stored, fetched_at: 'yesterday' })],
    ['with a broken answer', (stored) => ({ ...stored, lookups: [['a/x', ago(0), 'gone']] })],
    ['with an answer of no date', (stored) => ({ ...stored, lookups: [['a/x', 'then', null]] })],
  ])('is one that is %s', (_, change) => {
    expect(spoil(change)).toEqual({ record: null, note: note('its file is broken') });
  });

  it('is one of a newer mom', () => {
    expect(spoil((stored) => ({ ...stored, version: 2, models: 'otherwise' }))).toEqual({
      record: null,
      note: note('a newer mom wrote it'),
    });
  });

  it('is one more than 30 days old; answers about single models that are younger stay', () => {
    shelf().save('up', URL, record(ago(30 * DAY + 1), [FULL], { 'a/young': [ago(DAY), FULL], 'a/old': [ago(31 * DAY), FULL] }));
    expect(shelf().load('up', URL, NOW)).toEqual({
      record: record(null, [], { 'a/young': [ago(DAY), FULL] }),
      note: note('it is from 2025-12-31, more than 30 days old'),
    });
    expect(shelf().load('up', URL, new Date(NOW.getTime() - 1)).note).toBeNull();
  });

  it('is one from the future, as after a clock that jumped; minutes do not count', () => {
    shelf().save('up', URL, record(ago(-3_600_000), [FULL]));
    expect(shelf().load('up', URL, NOW)).toEqual({ record: null, note: note('it is from the future (2026-01-31T01:00:00.000Z)') });
    shelf().save('up', URL, record(ago(-60_000), [FULL]));
    expect(shelf().load('up', URL, NOW).note).toBeNull();
  });
});
