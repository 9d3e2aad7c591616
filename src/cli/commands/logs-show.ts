import { MomError } from '../../core/error.js';
import type { History, StoredRun } from '../../core/history.js';
import type { Message } from '../../core/message.js';
import { type CliContext, type Exit, SUCCESS } from '../context.js';
import { findRun } from '../history/find-run.js';
import { withHistory } from '../history/open-history.js';
import { openOutputFile } from '../output/file.js';
import { jsonLine } from '../output/json.js';
import { usageError } from '../usage.js';
import type { ColorWhen } from '../view/color.js';
import type { Follower } from '../view/history/run-facts.js';
import type { RunView } from '../view/history/run-text.js';
import { sanitize } from '../view/sanitize.js';
import { type Screen, screenOf } from '../view/screen.js';

interface ShowFlags {
  proposals?: boolean;
  criticPrompt?: boolean;
  html?: boolean;
  json?: boolean;
  output?: string;
  raw?: boolean;
  color?: ColorWhen;
}

/** `mom logs show`: a run as text, as JSON or as a page, on stdout or in a file. */
export async function run(id: string | null, given: object, context: CliContext): Promise<Exit> {
  const flags = given as ShowFlags;
  checkForms(flags);
  const file = flags.output === undefined ? null : openOutputFile(flags.output, context.cwd);
  const screen = file === null ? screenOf(context, flags.color) : IN_A_FILE;
  const text = await withHistory(context, async (history) => {
    const run = await found(id, history, context);
    if (flags.html) return pageText(run, screen, context);
    return shown(run, flags, screen, () => followersOf(run, history));
  });
  if (file === null) context.stdout.write(text);
  else file.write(text);
  return SUCCESS;
}

const IN_A_FILE: Screen = { columns: null, color: false, draws: false };

function checkForms({ proposals, criticPrompt, html, json }: ShowFlags): void {
  const forms = Object.entries({ '--proposals': proposals, '--critic-prompt': criticPrompt, '--html': html, '--json': json });
  const [first, second] = forms.filter(([, wanted]) => wanted).map(([flag]) => flag);
  if (second !== undefined) throw usageError(`${first} and ${second} cannot be used together`, 'leave one of them out');
}

/** @throws MomError `no_input` where nothing is kept, or not this one; `usage` where the id could mean several; `input_invalid` while it goes on */
async function found(id: string | null, history: History, context: CliContext): Promise<StoredRun> {
  if (id !== null) return findRun(history, id, context);
  const [last] = history.list({ without: 'eval' }, 1);
  if (last === undefined) throw new MomError('no_input', 'no run is kept yet', { hint: 'mom ask "your question" makes one' });
  return history.find(last.id);
}

async function shown(run: StoredRun, flags: ShowFlags, screen: Screen, followers: () => Follower[]): Promise<string> {
  if (flags.json) return jsonLine({ schema_version: 1, ...run }, screen);
  const { runText, promptText } = await import('../view/history/run-text.js');
  const view: RunView = { screen, render: flags.raw ? null : await rendererFor(screen) };
  if (flags.criticPrompt) return promptText(criticPrompt(run), view);
  if (flags.proposals) requireTexts(run);
  return runText(run, followers(), flags.proposals === true, view);
}

/** Null where Markdown is shown as it is written. */
async function rendererFor({ columns, color, draws }: Screen): Promise<RunView['render']> {
  if (columns === null || !draws) return null;
  const { renderMarkdown } = await import('../view/markdown/whole.js');
  return (text) => renderMarkdown(text, { color, columns });
}

/** Of the runs since then so many are looked through, the newest first. */
const LOOKED_THROUGH = 1_000;

/** The runs that go on with this one or take its proposals, the oldest first. */
function followersOf({ summary }: StoredRun, history: History): Follower[] {
  const later = history.list({ since: new Date(summary.started_at), without: 'eval' }, LOOKED_THROUGH);
  return later.filter(({ parent }) => parent === summary.id).reverse();
}

/** The page itself in a pipe or a file; on a terminal, which can't show it, where it was put. @throws MomError `output_failed` */
async function pageText(run: StoredRun, { columns }: Screen, context: CliContext): Promise<string> {
  const { runPage } = await import('../view/page/index.js');
  const page = await runPage(run);
  if (columns === null) return page;
  const { keepPage } = await import('../history/page-file.js');
  return `${sanitize(keepPage(context, run.summary.id, page))}\n`;
}

/** What the last critic or judge was sent. @throws MomError `no_input` where there was none, `input_invalid` without texts */
function criticPrompt(run: StoredRun): readonly Message[] {
  const { id, calls, critic } = run.result;
  const writer = critic ?? calls.findLast(({ kind }) => kind === 'judge');
  if (!writer) {
    throw new MomError('no_input', `no critic was asked in run ${id}`, { hint: `mom logs show ${id} tells who answered` });
  }
  requireTexts(run);
  return run.prompts[writer.id] ?? run.messages;
}

function requireTexts({ content, summary: { id } }: StoredRun): void {
  if (content) return;
  throw new MomError('input_invalid', `the texts of run ${id} were not kept`, { hint: 'log.content: false keeps numbers only' });
}
