import { loadConfig } from '../../config/load.js';
import { settingsOf } from '../../config/settings.js';
import type { Env } from '../../config/wishes.js';
import type { Warning } from '../../core/run.js';
import { openMemory } from '../memory.js';

/** A budget of the user's and what may still be spent under it now, in US dollars. */
export interface BudgetLeft {
  /** `the budget of $2 a day` */
  name: string;
  left: number;
}

interface Place {
  env: Env;
  cwd: string;
  home: string;
  /** Told when spending can't be counted. */
  onNote: (note: Warning) => void;
}

/** Of each budget that the configuration sets. @throws MomError when the configuration is wrong */
export async function budgetsLeft({ env, cwd, home, onNote }: Place): Promise<BudgetLeft[]> {
  const { budget } = settingsOf(await loadConfig({ env, cwd, home, overrides: [] }));
  const memory = await openMemory({ settings: { cache: null, budget }, providers: [], sandbox: false, env, home, onNote });
  try {
    return memory.budgets.map((each) => ({ name: each.name, left: each.left() }));
  } finally {
    memory.close();
  }
}
