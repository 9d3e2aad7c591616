import { usageError } from '../usage.js';
import type { EvalFlags } from './flags.js';

/** Words of the command line that make no sense together, or without each other, and what to do about it. */
interface Contradiction {
  holds: boolean;
  message: string;
  hint: string;
}

/** For what only a report could be written into, or shown of. */
export const NO_REPORT = 'a dry run asks nobody, so there is no report: leave one of them out';

/** For `--open` with `--no-log`. */
export const PAGE_IS_KEPT = 'the page is kept to be opened: leave one of them out, or write it with -o';

/** Those of `mom eval`. Looked at before anything is opened, read or asked. @throws MomError `usage` for the first contradiction */
export function refuseContradictions(flags: EvalFlags, prompts: string | null): void {
  refuse([...ofPrompts(flags, prompts), ...ofAsking(flags), ...ofKeeping(flags)]);
}

/** @throws MomError `usage` for the first that holds */
export function refuse(contradictions: readonly Contradiction[]): void {
  const found = contradictions.find(({ holds }) => holds);
  if (found) throw usageError(found.message, found.hint);
}

export function together(one: string, other: string, holds: boolean | undefined, hint = 'leave one of them out'): Contradiction {
  return { holds: holds === true, message: `${one} and ${other} cannot be used together`, hint };
}

/** `flag` says something about `other`, which is not there. */
function alone(flag: string, other: string, holds: boolean, hint = `add ${other}, or leave ${flag} out`): Contradiction {
  return { holds, message: `${flag} is of no use without ${other}`, hint };
}

function ofPrompts({ fromLogs, since, sample, resume, sandbox }: EvalFlags, prompts: string | null): Contradiction[] {
  const hasFile = prompts !== null;
  const own = 'an evaluation goes on with the prompts it began with: leave one of them out';
  return [
    together('a file of prompts', '--from-logs', hasFile && fromLogs),
    together('a file of prompts', '--resume', hasFile && resume, own),
    together('--from-logs', '--resume', fromLogs && resume, own),
    together('--sample', '--resume', sample !== undefined && resume, own),
    alone('--since', '--from-logs', since !== undefined && !fromLogs),
    {
      holds: !hasFile && !fromLogs && !resume && !sandbox,
      message: 'there are no prompts to evaluate on',
      hint: 'mom eval prompts.jsonl (one {"prompt": "..."} a line), mom eval --from-logs, or mom eval --sandbox to see one at work',
    },
  ];
}

function ofAsking(flags: EvalFlags): Contradiction[] {
  const { sampled, samples, check, checkFolder, checkTimeout, recorded, sandbox, resume, refresh } = flags;
  return [
    together('--samples', '--no-sampled', samples !== undefined && !sampled),
    together('--resume', '--refresh', resume && refresh, 'what was asked is asked again or not: leave one of them out'),
    alone('--check-folder', '--check', checkFolder !== undefined && check === undefined),
    alone('--check-timeout', '--check', checkTimeout !== undefined && check === undefined),
    alone('--recorded', '--sandbox', recorded !== undefined && !sandbox),
  ];
}

function ofKeeping({ resume, log, open, apply, dryRun, output }: EvalFlags): Contradiction[] {
  return [
    together('--resume', '--no-log', resume && !log, 'what is gone on with is what was kept: leave one of them out'),
    together('--open', '--no-log', open && !log, PAGE_IS_KEPT),
    together('--output', '--dry-run', output !== undefined && dryRun, NO_REPORT),
    together('--open', '--dry-run', open && dryRun, NO_REPORT),
    {
      holds: apply === true && dryRun === true && !resume,
      message: '--apply has nothing to show: a dry run asks nobody',
      hint: 'add --resume to see what the latest evaluation would write',
    },
  ];
}
