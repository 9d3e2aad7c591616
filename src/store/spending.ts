import type { Budget, Reservation } from '../core/budget.js';
import type { Warning } from '../core/run.js';
import { type Database, type DatabaseConstructor, loadDatabaseModule, transaction, troubleWith } from './database.js';
import { momDbPath, openMomDb } from './mom-db.js';

export interface SpendingOptions {
  /** Folder of the file `mom.db`. */
  dir: string;
  /** US dollars a UTC day and a UTC month; null: no limit. */
  day: number | null;
  month: number | null;
  clock: () => Date;
  /** Told once when spending can't be counted. */
  onNote: (note: Warning) => void;
  /** Others that have limits of their own. */
  holders?: readonly BudgetHolder[];
  /** @default the one installed with mom */
  loadModule?: () => Promise<DatabaseConstructor>;
}

/** Somebody whose spending is counted apart, in the same file. */
export interface BudgetHolder {
  /** Part of what is kept; no secret. */
  id: string;
  /** For messages: `key laptop`. */
  name: string;
  day: number | null;
  month: number | null;
}

/** The budgets that hold across runs and processes. */
export interface Spending {
  /** One for each limit. */
  budgets: readonly Budget[];
  /** Of one holder, one for each of its limits. */
  budgetsOf(id: string): readonly Budget[];
  close(): void;
}

const BUSY_TIMEOUT = 5_000;

/** Money is kept in billionths of a dollar, so that sums are exact. One row a day and a month for each who spends. */
const NANO = 1e9;

/** How a kind of period is named and when the next one starts. */
const PERIODS = {
  day: { length: 10, next: (now: Date) => Date.UTC(now.getUTCFullYear(), now.getUTCMonth(), now.getUTCDate() + 1) },
  month: { length: 7, next: (now: Date) => Date.UTC(now.getUTCFullYear(), now.getUTCMonth() + 1) },
} as const;
type PeriodKind = keyof typeof PERIODS;

/**
 * Budgets a day and a month, kept in an SQLite file that all processes of a user share. What a call reserves counts at
 * once, as a part of the day and month it was reserved in; what a process had reserved when it died stays counted,
 * since its calls may have been billed. A budget is a promise: where the file can't be used, or is damaged, nothing
 * can be reserved and the hint says why.
 */
export async function createSpending(options: SpendingOptions): Promise<Spending> {
  const ledger = new Ledger(options);
  const { holders = [] } = options;
  if ([options, ...holders].some(isLimited)) await ledger.load(options.loadModule ?? loadDatabaseModule);
  const budgets = periodBudgets(ledger, options, null);
  const held = new Map(holders.map((holder) => [holder.id, periodBudgets(ledger, holder, holder)]));
  return { budgets, budgetsOf: (id) => held.get(id) ?? [], close: () => ledger.close() };
}

type Limits = Pick<BudgetHolder, 'day' | 'month'>;

function isLimited({ day, month }: Limits): boolean {
  return day !== null || month !== null;
}

/** Each limit counts its own periods; a lone one counts the others too, for the day on which they get a limit. */
function periodBudgets(ledger: Ledger, { day, month }: Limits, holder: BudgetHolder | null): Budget[] {
  return [
    ...(day === null ? [] : [new PeriodBudget(ledger, holder, day, month === null ? ['day', 'month'] : ['day'])]),
    ...(month === null ? [] : [new PeriodBudget(ledger, holder, month, day === null ? ['month', 'day'] : ['month'])]),
  ];
}

class PeriodBudget implements Budget {
  readonly name: string;
  readonly #ledger: Ledger;
  readonly #holder: BudgetHolder | null;
  readonly #kind: PeriodKind;
  readonly #limit: number;
  readonly #counted: readonly PeriodKind[];

  /**
   * @param holder null: whoever runs mom
   * @param counted the kinds of period it adds to; the first is the one it limits
   */
  constructor(ledger: Ledger, holder: BudgetHolder | null, limit: number, counted: readonly [PeriodKind, ...PeriodKind[]]) {
    this.name = `the budget of $${limit} a ${counted[0]}${holder === null ? '' : ` of ${holder.name}`}`;
    this.#ledger = ledger;
    this.#holder = holder;
    this.#kind = counted[0];
    this.#limit = Math.round(limit * NANO);
    this.#counted = counted;
  }

  get hint(): string {
    const option = `budget.${this.#kind}${this.#holder === null ? '' : ` of ${this.#holder.name}`}`;
    if (this.#ledger.trouble !== null) {
      return `spending can't be counted: ${this.#ledger.trouble}; repair it, move the file away to count from 0, or take ${option} out of the configuration`;
    }
    const free = new Date(PERIODS[this.#kind].next(this.#ledger.now())).toISOString().slice(0, 10);
    return `raise ${option} in the configuration, or wait: it is free again on ${free} at 0:00 UTC`;
  }

  left(): number {
    const spent = this.#ledger.spent(this.#period(this.#kind));
    return spent === null ? 0 : Math.max(0, this.#limit - spent) / NANO;
  }

  reserve(usd: number): Reservation | null {
    const periods = this.#counted.map((kind) => this.#period(kind));
    const book = (nano: number, limit: number) => this.#ledger.book(periods, nano, limit);
    let reserved = toNano(usd);
    if (!book(reserved, this.#limit)) return null;
    let settled = false;
    return {
      grow: (more) => {
        const nano = toNano(more);
        if (settled || !book(nano, this.#limit)) return false;
        reserved += nano;
        return true;
      },
      settle: (cost) => {
        // What is no number leaves the reservation as the best that is known.
        if (settled || !Number.isFinite(cost)) return;
        settled = true;
        book(toNano(cost) - reserved, Number.POSITIVE_INFINITY);
      },
    };
  }

  /** `2026-01-02` or `2026-01`, after the id of a holder. */
  #period(kind: PeriodKind): string {
    const period = this.#ledger.now().toISOString().slice(0, PERIODS[kind].length);
    return this.#holder === null ? period : `${this.#holder.id} ${period}`;
  }
}

/** The file behind all budgets of a process. */
class Ledger {
  /** Why nothing can be counted; null while all is well. */
  trouble: string | null = null;
  readonly #options: SpendingOptions;
  readonly #path: string;
  #Constructor: DatabaseConstructor | null = null;
  #database: Database | null = null;
  #noted = false;

  constructor(options: SpendingOptions) {
    this.#options = options;
    this.#path = momDbPath(options.dir);
  }

  async load(loadModule: () => Promise<DatabaseConstructor>): Promise<void> {
    try {
      this.#Constructor = await loadModule();
      this.#use(() => null);
    } catch (error) {
      this.#tell(error);
    }
  }

  now(): Date {
    return this.#options.clock();
  }

  /** Billionths of a dollar; null where that can't be known. */
  spent(period: string): number | null {
    return this.#use((database) => this.#spent(database, period));
  }

  /** Adds to all periods, unless the first would then be beyond `limit`. Whether it was added. */
  book(periods: readonly string[], nano: number, limit: number): boolean {
    const booked = this.#use((database) =>
      transaction(database, () => {
        const [own = ''] = periods;
        if (nano > 0 && !(this.#spent(database, own) + nano <= limit)) return false;
        const add = database.prepare(
          'INSERT INTO spent (period, nano) VALUES (?, ?) ON CONFLICT (period) DO UPDATE SET nano = nano + excluded.nano',
        );
        if (nano !== 0) for (const period of periods) add.run(period, nano);
        return true;
      }),
    );
    return booked ?? false;
  }

  close(): void {
    this.#database?.close();
    this.#database = null;
    this.#Constructor = null;
  }

  #spent(database: Database, period: string): number {
    const row = database.prepare('SELECT nano FROM spent WHERE period = ?').get(period) as { nano: number } | undefined;
    return row?.nano ?? 0;
  }

  #use<T>(work: (database: Database) => T): T | null {
    if (this.#Constructor === null) return null;
    try {
      this.#database ??= openMomDb(this.#Constructor, this.#path, BUSY_TIMEOUT);
      const result = work(this.#database);
      this.trouble = null;
      return result;
    } catch (error) {
      this.#tell(error);
      return null;
    }
  }

  #tell(error: unknown): void {
    this.trouble = troubleWith(this.#path, error).message;
    if (this.#noted) return;
    this.#noted = true;
    this.#options.onNote({ code: 'budget_unusable', message: `no money can be spent under a budget: ${this.trouble}` });
  }
}

/** Rounded up: what is counted is never less than what was meant. No number at all is more than any budget. */
function toNano(usd: number): number {
  const nano = Math.ceil(usd * NANO - 1e-3);
  return Number.isNaN(nano) ? Number.POSITIVE_INFINITY : Math.max(0, nano);
}
