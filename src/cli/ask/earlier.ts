import { openHistory } from '../../app/history.js';
import type { App, MixtureChoice } from '../../app.js';
import { loadConfig } from '../../config/load.js';
import { mixtureNames } from '../../config/mixture/recipe.js';
import { MomError } from '../../core/error.js';
import type { History, StoredRun } from '../../core/history.js';
import type { Message } from '../../core/message.js';
import type { RunRequest, Warning } from '../../core/run.js';
import { overridesOf } from '../commands/ask-flags.js';
import { findRun } from '../history/find-run.js';
import type { Input } from '../input/types.js';
import { usageError } from '../usage.js';
import { oneLine } from '../view/sanitize.js';
import { worldOf } from '../world.js';
import type { Asking } from './asking.js';
import { choiceOfRun, mergedChoice } from './inherited-choice.js';
import { usedAgain } from './used-again.js';

/** The run that this one goes on with, or takes proposals from. */
export interface Earlier {
  link: 'continued' | 'resumed';
  run: StoredRun;
  /** What the user is told of it; more may come. */
  warnings: Warning[];
}

/** The run that `-c`, `--from` or `--resume` mean. @throws MomError */
export async function findEarlier(asking: Asking): Promise<Earlier> {
  const { flags, context, messages } = asking;
  const { env, home } = context;
  const warnings: Warning[] = [];
  const history = await openHistory({ env, home, onNote: (note) => warnings.push(note) });
  try {
    if (flags.continue) refuseLeftOut(warnings);
    const run = flags.continue
      ? latest(history, flags.sandbox === true)
      : await findRun(history, flags.resume ?? flags.from ?? '', context);
    const link = flags.resume === undefined ? 'continued' : 'resumed';
    refuseUnfit(run, link, flags.sandbox === true);
    if (context.stderrIsTTY) messages.note(noteOf(run, link, new Date()));
    return { link, run, warnings };
  } finally {
    history.close();
  }
}

/** While runs wait to be taken in, the last conversation may be one of them. */
function refuseLeftOut(warnings: readonly Warning[]): void {
  const left = warnings.find(({ code }) => code === 'runs_wait');
  if (left) throw new MomError('store_failed', left.message, { hint: '--from ID goes on with a run that `mom logs` shows' });
}

function latest(history: History, sandbox: boolean): StoredRun {
  const run = history.latestAnswered(sandbox);
  if (run) return run;
  const other = history.latestAnswered(!sandbox);
  const begin = `mom ask${sandbox ? ' --sandbox' : ''} "..." begins one`;
  const where = sandbox ? 'the last one is no sandbox run: leave --sandbox out' : 'the last one is a sandbox run: add --sandbox';
  throw new MomError('no_input', 'there is no conversation to go on with', { hint: other ? `${where}, or begin a new one` : begin });
}

function refuseUnfit({ summary: { id, status, sandbox }, content, origin, result }: StoredRun, link: Earlier['link'], here: boolean): void {
  if (sandbox && !here) throw usageError(`run ${id} is a sandbox run: no real model can go on with it`, 'add --sandbox');
  if (!sandbox && here) throw usageError(`run ${id} is no sandbox run: simulated models can't go on with it`, 'leave --sandbox out');
  const refuse = (message: string, hint: string) => new MomError('input_invalid', message, { hint });
  if (!content) throw refuse(`the texts of run ${id} were not kept`, 'log.content: true in the configuration keeps those of later runs');
  if (link === 'resumed') {
    if (origin.tools) throw refuse(`run ${id} had tools, which only its client can offer`, 'send the request again from there');
    return;
  }
  if (result.tool_calls.length > 0)
    throw refuse(`run ${id} ended in tool calls, which only its client can carry out`, 'go on with it there');
  const resume = `mom ask${sandbox ? ' --sandbox' : ''} --resume ${id}`;
  if (status === 'failed' || status === 'cancelled')
    throw refuse(
      `run ${id} has no answer to go on with: it ${status === 'failed' ? 'failed' : 'was cancelled'}`,
      `answer it first: ${resume}`,
    );
  if (result.answer === null)
    throw refuse(`run ${id} has several answers and no merged one to go on with`, `merge them first: ${resume} --critic MODEL`);
}

const SHOWN_QUESTION = 60;

function noteOf({ summary: { id, question, started_at } }: StoredRun, link: Earlier['link'], now: Date): string {
  const letters = [...oneLine(question ?? '')];
  const shown = letters.length > SHOWN_QUESTION ? `${letters.slice(0, SHOWN_QUESTION).join('').trimEnd()}…` : letters.join('');
  return `${link === 'resumed' ? 'resuming' : 'going on with'} ${id} (${ageText(now.getTime() - Date.parse(started_at))}): ${shown}`;
}

const MINUTE = 60_000;
const AGES = [
  { unit: 24 * 60 * MINUTE, name: 'day' },
  { unit: 60 * MINUTE, name: 'hour' },
  { unit: MINUTE, name: 'minute' },
] as const;

/** `3 hours ago` */
function ageText(ms: number): string {
  const age = AGES.find(({ unit }) => ms >= unit);
  if (!age) return 'just now';
  const count = Math.floor(ms / age.unit);
  return `${count} ${age.name}${count === 1 ? '' : 's'} ago`;
}

/** What is asked for after an earlier run: its own choice where this command line says nothing. @throws MomError `config_invalid` */
export async function choiceAfter(earlier: Earlier, own: MixtureChoice, asking: Asking): Promise<MixtureChoice> {
  const choice = choiceOfRun(earlier.run, earlier.link === 'resumed');
  const { mixture } = choice;
  if (own.mixture !== undefined || mixture === undefined || (await mixturesNow(asking)).includes(mixture)) return mergedChoice(choice, own);
  const message = `there is no mixture '${mixture}' any more, which run ${earlier.run.summary.id} had: the default one is asked`;
  earlier.warnings.push({ code: 'mixture_gone', message });
  const { mixture: _gone, strategy: _with, ...rest } = choice;
  return mergedChoice(rest, own);
}

async function mixturesNow({ flags, context }: Asking): Promise<string[]> {
  return mixtureNames(await loadConfig({ ...worldOf(context, flags), overrides: await overridesOf(flags) }));
}

/** The messages of this run: those of the earlier one, its answer, and what is asked now. A new system prompt replaces the old. */
export function messagesAfter({ run }: Earlier, input: Input | null): Input {
  if (input === null) return { messages: [...run.messages], warnings: [], skipped: [] };
  const answer: Message = { role: 'assistant', content: run.result.answer };
  const earlier = input.messages.some(isSystem) ? withoutSystem(run.messages) : run.messages;
  const [system, own] = [input.messages.filter(isSystem), input.messages.filter((message) => !isSystem(message))];
  return { ...input, messages: [...system, ...earlier, answer, ...own] };
}

function isSystem({ role }: Message): boolean {
  return role === 'system' || role === 'developer';
}

/** What a client says to the model in the middle of a conversation is a part of it. */
function withoutSystem(messages: readonly Message[]): readonly Message[] {
  const first = messages.findIndex((message) => !isSystem(message));
  return first === -1 ? [] : messages.slice(first);
}

/** What a resumed run need not ask and pay again, and what of the earlier run can't be used. */
export function requestAfter(
  { link, run: { summary, result }, warnings }: Earlier,
  { mixture }: App,
  request: RunRequest,
): { request: RunRequest; warnings: Warning[] } {
  if (link === 'continued') return { request, warnings };
  const { kept, unused } = usedAgain(result.proposals, mixture);
  // A stored answer would stand in the way of the new one.
  const cache = request.cache === 'off' ? 'off' : 'refresh';
  return {
    request: { ...request, kept, cache, seed: request.seed ?? result.seed },
    warnings: unused.length === 0 ? warnings : [...warnings, leftOut(summary.id, unused)],
  };
}

function leftOut(id: string, unused: readonly { id: string; model: string }[]): Warning {
  const names = unused.map((proposal) => `${proposal.model} (${proposal.id})`).join(', ');
  const message = `not used of run ${id}, since nobody asks for them now: the ${unused.length === 1 ? 'answer' : 'answers'} of ${names}`;
  return { code: 'proposals_unused', message };
}
