import { join } from 'node:path';
import type { Env, Settings } from '../config/wishes.js';
import type { Budget } from '../core/budget.js';
import type { Provider } from '../core/model.js';
import type { Warning } from '../core/run.js';
import { cacheDir, stateDir } from '../core/system/xdg.js';
import type { KeptAnswers } from '../engine/index.js';
import type { BudgetHolder } from '../store/spending.js';

interface Wanted {
  settings: Pick<Settings, 'cache' | 'budget'>;
  providers: readonly Provider[];
  /** Others than the user that have budgets of their own. @default none */
  holders?: readonly BudgetHolder[];
  /** Simulated answers and dollars are kept apart from real ones. */
  sandbox: boolean;
  env: Env;
  home: string;
  onNote: (note: Warning) => void;
}

/** What outlives a run: stored answers and the money spent by all runs. The database is loaded only where one is configured. */
export interface Memory {
  cache: KeptAnswers | null;
  budgets: readonly Budget[];
  /** Of one holder. */
  budgetsOf(id: string): readonly Budget[];
  close(): void;
}

export async function openMemory(wanted: Wanted): Promise<Memory> {
  const [answers, spending] = await Promise.all([openAnswers(wanted), openSpending(wanted)]);
  const { settings, providers, sandbox } = wanted;
  return {
    cache: answers && { answers, semantic: settings.cache?.semantic ?? null, realm: sandbox ? 'sandbox' : realmOf(providers) },
    budgets: spending?.budgets ?? [],
    budgetsOf: (id) => spending?.budgetsOf(id) ?? [],
    close() {
      answers?.close();
      spending?.close();
    },
  };
}

/** The same model id at another address is another model. */
function realmOf(providers: readonly Provider[]): string {
  return JSON.stringify(providers.map(({ name, baseUrl }) => [name, baseUrl]));
}

async function openAnswers({ settings, sandbox, env, home, onNote }: Wanted) {
  if (settings.cache === null) return null;
  const { createAnswerCache } = await import('../store/answers.js');
  const { ttl, maxSize } = settings.cache;
  return createAnswerCache({ dir: place(cacheDir(env, home), sandbox), ttl, maxSize, clock: () => new Date(), onNote });
}

async function openSpending({ settings, holders = [], sandbox, env, home, onNote }: Wanted) {
  const { day, month } = settings.budget;
  if (day === null && month === null && holders.length === 0) return null;
  const { createSpending } = await import('../store/spending.js');
  return createSpending({ dir: place(stateDir(env, home), sandbox), day, month, holders, clock: () => new Date(), onNote });
}

function place(dir: string, sandbox: boolean): string {
  return sandbox ? join(dir, 'sandbox') : dir;
}
