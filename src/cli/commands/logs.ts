import type { History, RunQuery, RunSummary } from '../../core/history.js';
import type { RunStatus } from '../../core/run.js';
import { type CliContext, type Exit, SUCCESS } from '../context.js';
import { withHistory } from '../history/open-history.js';
import { jsonText } from '../output/json.js';
import { messagesOf } from '../view/messages.js';
import { screenOf } from '../view/screen.js';

interface LogsFlags {
  limit?: number;
  mixture?: string;
  model?: string;
  since?: Date;
  status?: RunStatus;
  search?: string;
  evals?: boolean;
  json?: boolean;
}

/** Runs that are listed where nobody says how many. */
const USUAL_LIMIT = 20;

/** `mom logs`: the list of runs, newest first. Those of evaluations would drown the others. */
export async function list(given: object, context: CliContext): Promise<Exit> {
  const flags = given as LogsFlags;
  const query = queryOf(flags);
  await withHistory(context, async (history) => {
    const runs = history.list(query, flags.limit ?? USUAL_LIMIT);
    if (flags.json) context.stdout.write(jsonText({ schema_version: 1, runs }, screenOf(context)));
    else if (runs.length === 0) messagesOf(context).note(whyNone(query, history));
    else context.stdout.write(await runsText(runs, context));
  });
  return SUCCESS;
}

function queryOf({ mixture, model, since, status, search, evals }: LogsFlags): RunQuery {
  return {
    ...(evals ? {} : { without: 'eval' as const }),
    ...(mixture === undefined ? {} : { mixture }),
    ...(model === undefined ? {} : { model }),
    ...(since === undefined ? {} : { since }),
    ...(status === undefined ? {} : { status }),
    ...(search === undefined ? {} : { words: search }),
  };
}

async function runsText(runs: readonly RunSummary[], context: CliContext): Promise<string> {
  const screen = screenOf(context);
  if (screen.columns === null) return (await import('../view/history/run-lines.js')).runLines(runs);
  return (await import('../view/history/run-table.js')).runTable(runs, screen, new Date());
}

function whyNone(query: RunQuery, history: History): string {
  if (history.list({}, 1).length === 0) return NOTHING_KEPT;
  if (query.without === undefined || history.list({ without: query.without }, 1).length > 0) return 'none of the runs that are kept fits';
  return 'only runs of evaluations are kept; --evals lists them';
}

const NOTHING_KEPT = 'no run is kept yet; mom ask "your question" makes one, mom ask --sandbox one without a key';
