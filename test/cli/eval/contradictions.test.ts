import { describe, expect, it } from 'vitest';
import { refuseContradictions } from '../../../src/cli/eval/contradictions.js';
import type { EvalFlags } from '../../../src/cli/eval/flags.js';
import { isMomError } from '../../../src/core/error.js';

/** As the parser hands them over when nothing is said. */
const NONE: EvalFlags = { members: true, sampled: true, log: true };

function refusal(flags: Partial<EvalFlags>, prompts: string | null = null): string | null {
  try {
    refuseContradictions({ ...NONE, ...flags }, prompts);
    return null;
  } catch (error) {
    if (!isMomError(error)) throw error;
    expect(error.code).toBe('usage');
    return `${error.message} | ${error.hint}`;
  }
}

const OUT = 'leave one of them out';
const OWN = `an evaluation goes on with the prompts it began with: ${OUT}`;
const DRY = `a dry run asks nobody, so there is no report: ${OUT}`;

describe('what makes no sense together', () => {
  it.each<[string, Partial<EvalFlags>, string | null]>([
    [`a file of prompts and --from-logs cannot be used together | ${OUT}`, { fromLogs: true }, 'p.jsonl'],
    [`a file of prompts and --resume cannot be used together | ${OWN}`, { resume: true }, 'p.jsonl'],
    [`--from-logs and --resume cannot be used together | ${OWN}`, { fromLogs: true, resume: true }, null],
    [`--sample and --resume cannot be used together | ${OWN}`, { sample: 3, resume: true }, null],
    ['--since is of no use without --from-logs | add --from-logs, or leave --since out', { since: new Date(0) }, 'p.jsonl'],
    [`--samples and --no-sampled cannot be used together | ${OUT}`, { samples: 3, sampled: false }, 'p.jsonl'],
    [
      `--resume and --refresh cannot be used together | what was asked is asked again or not: ${OUT}`,
      { resume: true, refresh: true },
      null,
    ],
    ['--check-folder is of no use without --check | add --check, or leave --check-folder out', { checkFolder: 'src' }, 'p.jsonl'],
    ['--check-timeout is of no use without --check | add --check, or leave --check-timeout out', { checkTimeout: 1_000 }, 'p.jsonl'],
    ['--recorded is of no use without --sandbox | add --sandbox, or leave --recorded out', { recorded: ['r.jsonl'] }, 'p.jsonl'],
    [`--resume and --no-log cannot be used together | what is gone on with is what was kept: ${OUT}`, { resume: true, log: false }, null],
    [
      `--open and --no-log cannot be used together | the page is kept to be opened: ${OUT}, or write it with -o`,
      { open: true, log: false },
      'p.jsonl',
    ],
    [`--output and --dry-run cannot be used together | ${DRY}`, { output: 'out', dryRun: true }, 'p.jsonl'],
    [`--open and --dry-run cannot be used together | ${DRY}`, { open: true, dryRun: true }, 'p.jsonl'],
    [
      '--apply has nothing to show: a dry run asks nobody | add --resume to see what the latest evaluation would write',
      { apply: true, dryRun: true },
      'p.jsonl',
    ],
    [
      'there are no prompts to evaluate on | mom eval prompts.jsonl (one {"prompt": "..."} a line), mom eval --from-logs, or mom eval --sandbox to see one at work',
      {},
      null,
    ],
  ])('%s', (wanted, flags, prompts) => {
    expect(refusal(flags, prompts)).toBe(wanted);
  });

  it.each<[string, Partial<EvalFlags>, string | null]>([
    ['a file', {}, 'p.jsonl'],
    ['the history from some day on', { fromLogs: true, since: new Date(0), sample: 50 }, null],
    ['what is gone on with', { resume: true, judge: ['a/b'], output: 'out' }, null],
    ['the sandbox alone', { sandbox: true }, null],
    ['a check with its folder', { check: 'npm test', checkFolder: 'src', checkTimeout: 1_000 }, 'p.jsonl'],
    ['what the latest evaluation would write', { apply: true, dryRun: true, resume: true }, null],
  ])('is not %s', (_, flags, prompts) => {
    expect(refusal(flags, prompts)).toBeNull();
  });
});
