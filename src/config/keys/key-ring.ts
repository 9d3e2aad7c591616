import { isMomError, type MomError } from '../../core/error.js';
import type { Warning } from '../../core/run.js';
import type { KeyCommand } from './key-command.js';
import { type KeptKey, type KeptKeys, readKeys } from './key-store.js';

/** A command that has failed is not run again within so many milliseconds: many requests may need it. */
const FAILURE_KEPT = 60_000;

interface Printed {
  key: string | null;
  making: Promise<string>;
  failedAt: number | null;
}

/** What one loaded configuration knows of keys outside of it: those that mom keeps, and those that commands have printed. */
export class KeyRing {
  /** Told each key that a command prints. */
  onKey: ((key: string) => void) | null = null;
  readonly #printed = new Map<string, Printed>();
  #kept: { keys: KeptKeys; warnings: Warning[]; trouble: MomError | null } | null = null;

  constructor(readonly file: string) {}

  /** The key that mom keeps for a provider. The file is read once, when the first one is looked for. */
  kept(provider: string): KeptKey | null {
    return this.#read().keys.get(provider) ?? null;
  }

  /** Why the file of keys can't be used; null where it can, or there is none. */
  get trouble(): MomError | null {
    return this.#read().trouble;
  }

  /** What was wrong with the file of keys, as far as it was read. */
  get warnings(): readonly Warning[] {
    return this.#kept?.warnings ?? [];
  }

  /** The names of all keys that mom keeps. */
  names(): string[] {
    return [...this.#read().keys.keys()];
  }

  /** What a provider's command has printed; null while it was not run. */
  printed(provider: string): string | null {
    return this.#printed.get(provider)?.key ?? null;
  }

  /** Runs a provider's command, at most once. @throws MomError `key_missing`, `cancelled` */
  run(provider: string, command: KeyCommand, signal?: AbortSignal): Promise<string> {
    const known = this.#printed.get(provider);
    if (known && (known.failedAt === null || performance.now() - known.failedAt < FAILURE_KEPT)) return known.making;
    const making = import('./key-command.js').then(({ runKeyCommand }) => runKeyCommand(provider, command, signal));
    const printed: Printed = { key: null, making, failedAt: null };
    this.#printed.set(provider, printed);
    making.then(
      (key) => {
        printed.key = key;
        this.onKey?.(key);
      },
      () => {
        printed.failedAt = performance.now();
      },
    );
    return making;
  }

  /** All keys that have been read: what must be written nowhere. */
  get secrets(): string[] {
    const printed = [...this.#printed.values()].flatMap(({ key }) => (key === null ? [] : [key]));
    return [...[...(this.#kept?.keys.values() ?? [])].map(({ key }) => key), ...printed];
  }

  #read() {
    if (this.#kept) return this.#kept;
    try {
      this.#kept = { ...readKeys(this.file), trouble: null };
    } catch (error) {
      if (!isMomError(error)) throw error;
      const warnings = [{ code: 'keys_unusable', message: error.message }];
      this.#kept = { keys: new Map(), warnings, trouble: error };
    }
    return this.#kept;
  }
}
