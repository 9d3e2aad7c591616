import type { BudgetLeft } from '../../app/budgets/budgets-left.js';
import { errorLine, toMomError } from '../../core/error.js';
import type { CostGroup } from '../../core/history.js';
import { type CliContext, type Exit, SUCCESS } from '../context.js';
import { withHistory } from '../history/open-history.js';
import { jsonText } from '../output/json.js';
import { usageError } from '../usage.js';
import type { Costs } from '../view/history/cost-text.js';
import { costTotal } from '../view/history/cost-total.js';
import { messagesOf } from '../view/messages.js';
import { sanitize } from '../view/sanitize.js';
import { screenOf } from '../view/screen.js';

interface CostFlags {
  by?: CostGroup;
  since?: Date;
  json?: boolean;
  csv?: boolean;
}

/** `mom cost`: what was spent, in groups. */
export async function run(given: object, context: CliContext): Promise<Exit> {
  const flags = given as CostFlags;
  if (flags.json && flags.csv) throw usageError('--json and --csv cannot be used together', 'leave one of them out');
  const costs = await withHistory(context, (history): Costs => {
    const [by, since] = [flags.by ?? 'day', flags.since ?? null];
    const rows = history.costs(by, since);
    // A run belongs to each of its models, but to one day.
    return { by, since, rows, total: costTotal(by === 'model' ? history.costs('day', since) : rows) };
  });
  if (flags.json) context.stdout.write(costJson(costs, context));
  else if (flags.csv) context.stdout.write(await costCsv(costs, context));
  else if (costs.total.runs === 0) messagesOf(context).note(`no run has cost anything${costs.since === null ? ' yet' : ' since then'}`);
  else {
    const { costText } = await import('../view/history/cost-text.js');
    context.stdout.write(costText(costs, await budgets(context), screenOf(context)));
  }
  return SUCCESS;
}

/** A wrong configuration hides budgets, not what was spent. */
async function budgets(context: CliContext): Promise<BudgetLeft[]> {
  const { env, cwd, home } = context;
  const messages = messagesOf(context);
  try {
    const { budgetsLeft } = await import('../../app/budgets/budgets-left.js');
    return await budgetsLeft({ env, cwd, home, onNote: ({ message }) => messages.warn(message) });
  } catch (error) {
    messages.warn(`budgets are not shown: ${errorLine(toMomError(error))}`);
    return [];
  }
}

function costJson({ by, since, total, rows }: Costs, context: CliContext): string {
  return jsonText({ schema_version: 1, by, since: since?.toISOString() ?? null, total, rows }, screenOf(context));
}

async function costCsv({ by, rows }: Costs, { stdout }: CliContext): Promise<string> {
  const text = (await import('../view/history/cost-csv.js')).costCsv(by, rows);
  return stdout.isTTY ? sanitize(text) : text;
}
