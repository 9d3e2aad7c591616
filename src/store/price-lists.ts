import { readdirSync, readFileSync, rmSync, statSync } from 'node:fs';
import { isAbsolute, join } from 'node:path';
import type { ModelRecord, ModelShelf } from '../core/catalog.js';
import { NO_SHELF } from '../core/catalog.js';
import { PRICE_LIST } from '../core/limits.js';
import { makeFolder } from '../core/system/make-folder.js';
import { replacePrivateFile } from '../core/system/private-file.js';
import { cacheDir } from '../core/system/xdg.js';
import { readModels, type StoredModels, writeModels } from './model-rows.js';

const VERSION = 1;

/** A list this much newer than the clock (milliseconds) was not written under a clock that can be believed. */
const CLOCK_SLACK = 5 * 60_000;

const DAY = 24 * 3_600_000;

/** Answers about single models that are kept per provider; the newest ones. */
const MAX_LOOKUPS = 500;

interface StoredFile extends StoredModels {
  version: number;
  provider: string;
  base_url: string;
  fetched_at: string | null;
}

type Env = Readonly<Record<string, string | undefined>>;

/**
 * Keeps model lists in `$XDG_CACHE_HOME/mom/models`, by default `~/.cache/mom/models`: one 0600 file per provider and
 * address, replaced in one step, so that a reader sees the old list or the new one.
 */
export function createPriceShelf(env: Env, home: string): ModelShelf {
  const folder = join(cacheDir(env, home), 'models');
  // Without a home there is no place of the user's own.
  if (!isAbsolute(folder)) return NO_SHELF;
  const fileOf = (provider: string, baseUrl: string) => join(folder, `${fingerprint(`${provider} ${baseUrl}`)}.json`);

  return {
    load(provider, baseUrl, now) {
      const text = readText(fileOf(provider, baseUrl));
      if (text === null) return { record: null, note: null };
      const unusable = (why: string) => ({ record: null, note: `the price list kept of ${provider} is not used: ${why}` });
      const stored = parse(text);
      if (stored !== null && stored.version > VERSION) return unusable('a newer mom wrote it');
      const record =
        stored && stored.version === VERSION && stored.provider === provider && stored.base_url === baseUrl ? recordOf(stored) : null;
      if (record === null) return unusable('its file is broken');
      return datedRecord(record, now, unusable);
    },
    save(provider, baseUrl, record) {
      const stored: StoredFile = {
        version: VERSION,
        provider,
        base_url: baseUrl,
        fetched_at: record.list?.fetched_at ?? null,
        ...writeModels({ ...record, lookups: newest(record.lookups) }),
      };
      try {
        makeFolder(folder);
        replacePrivateFile(fileOf(provider, baseUrl), JSON.stringify(stored));
        sweep(folder);
      } catch {
        // What can't be kept is fetched again by the next run.
      }
    },
  };
}

/** 64 bits as hex (FNV-1a). Every start needs it, and loading node:crypto would make the start 5 % longer. */
function fingerprint(text: string): string {
  let hash = 0xcbf29ce484222325n;
  for (const byte of Buffer.from(text)) hash = BigInt.asUintN(64, (hash ^ BigInt(byte)) * 0x100000001b3n);
  return hash.toString(16).padStart(16, '0');
}

function readText(file: string): string | null {
  try {
    return readFileSync(file, 'utf8');
  } catch {
    // None is kept yet, or none that can be read: both mean a fetch.
    return null;
  }
}

function parse(text: string): StoredFile | null {
  try {
    const value = JSON.parse(text) as StoredFile | null;
    return typeof value?.version === 'number' ? value : null;
  } catch {
    // Told by the caller as a broken file.
    return null;
  }
}

function recordOf(stored: StoredFile): ModelRecord | null {
  const models = readModels(stored);
  const { fetched_at } = stored;
  if (models === null || (fetched_at !== null && Number.isNaN(Date.parse(fetched_at)))) return null;
  return { list: fetched_at === null ? null : { fetched_at, models: models.listed }, lookups: models.lookups };
}

/** The record without what is too old, or from a time that has not come yet. */
function datedRecord(
  { list, lookups }: ModelRecord,
  now: Date,
  unusable: (why: string) => { record: null; note: string },
): ReturnType<ModelShelf['load']> {
  const age = (iso: string) => now.getTime() - Date.parse(iso);
  if (list && age(list.fetched_at) < -CLOCK_SLACK) return unusable(`it is from the future (${list.fetched_at})`);
  const usable = (iso: string) => age(iso) <= PRICE_LIST.usableFor && age(iso) >= -CLOCK_SLACK;
  const fresh = new Map([...lookups].filter(([, lookup]) => usable(lookup.asked_at)));
  if (list === null || usable(list.fetched_at)) return { record: { list, lookups: fresh }, note: null };
  const { note } = unusable(`it is from ${list.fetched_at.slice(0, 10)}, more than ${PRICE_LIST.usableFor / DAY} days old`);
  return { record: { list: null, lookups: fresh }, note };
}

function newest(lookups: ModelRecord['lookups']): ModelRecord['lookups'] {
  if (lookups.size <= MAX_LOOKUPS) return lookups;
  return new Map([...lookups].sort(([, a], [, b]) => Date.parse(b.asked_at) - Date.parse(a.asked_at)).slice(0, MAX_LOOKUPS));
}

/** Takes away what nobody can use any more: lists of addresses that are asked no longer, drafts of a mom that was killed. */
function sweep(folder: string): void {
  const oldest = Date.now() - PRICE_LIST.usableFor;
  for (const name of readdirSync(folder)) {
    const file = join(folder, name);
    if (statSync(file, { throwIfNoEntry: false })?.isFile() && statSync(file).mtimeMs < oldest) rmSync(file, { force: true });
  }
}
