import { extract, extractorFor, matchPattern } from '../../core/extract/index.js';
import type { ExtractRule } from '../../core/extract/rule.js';
import { PATTERN_TIMEOUT } from '../../core/limits.js';
import type { CallRecord } from '../../core/run.js';
import type { RunContext } from '../context.js';
import { isSound } from './sound.js';

type Rule = Exclude<ExtractRule, 'auto'>;

/** What can be compared of some proposals. */
export interface Readings {
  /** Canonical answers by the proposal's id. */
  answers: ReadonlyMap<string, string>;
  /** Where the kind of answer is known from: the configuration, the question, or only from the proposals being alike in form. */
  by: 'config' | 'question' | 'form';
}

/** Kinds that proposals may show by their form alone, though the question did not tell. */
const BY_FORM = ['json', 'short'] as const;

/** On so many texts a pattern may run out of time; then it is not tried on another, since nothing else happens meanwhile. */
const MAX_TIMEOUTS = 5;

/** Takes canonical answers out of proposals, by the mixture's rule or by what the question asks for. */
export class AnswerReader {
  readonly #ctx: RunContext;
  readonly #rule: Rule | null;
  readonly #fromConfig: boolean;
  readonly #found = new Map<string, string | null>();
  #warned = false;
  #timeouts = 0;
  /** False where the user's regular expression is none: nothing can be compared then. */
  readonly usable: boolean = true;

  constructor(ctx: RunContext) {
    const own = ctx.plan.mixture.rules.vote.extract;
    this.#ctx = ctx;
    this.#fromConfig = own !== 'auto';
    this.#rule = own === 'auto' ? extractorFor(ctx.request.messages) : own;
    if (typeof own === 'string') return;
    const { problem } = matchPattern(own.pattern, '');
    this.usable = problem === null;
    if (problem)
      this.#warn('pattern_invalid', `the regex of vote.extract can't be used: ${problem.reason}; the answers are merged as with 'fuse'`);
  }

  /** Null where nothing tells what to compare. */
  read(proposals: readonly CallRecord[]): Readings | null {
    const voters = proposals.filter((record) => isSound(record, this.#ctx));
    if (this.#rule !== null) return { answers: this.#answers(this.#rule, voters), by: this.#fromConfig ? 'config' : 'question' };
    for (const kind of BY_FORM) {
      const answers = this.#answers(kind, voters);
      if (answers.size > 0 && answers.size === proposals.length) return { answers, by: 'form' };
    }
    return null;
  }

  /** Tells, once, that what the user configured was found nowhere. */
  warnNothingFound(): void {
    if (!this.#fromConfig) return;
    const own = this.#rule;
    const name = typeof own === 'string' ? `'${own}'` : 'a regex';
    this.#warn('nothing_to_compare', `vote.extract is ${name}, which finds nothing in any answer; they are merged as with 'fuse'`);
  }

  #answers(rule: Rule, voters: readonly CallRecord[]): Map<string, string> {
    return new Map(
      voters.flatMap((record): [string, string][] => {
        const answer = this.#one(rule, record);
        return answer === null ? [] : [[record.id, answer]];
      }),
    );
  }

  /** Each text is searched once: a slow pattern must not cost its time again and again. */
  #one(rule: Rule, record: CallRecord): string | null {
    const key = `${typeof rule === 'string' ? rule : 'pattern'} ${record.id}`;
    const known = this.#found.get(key);
    if (known !== undefined) return known;
    const answer = typeof rule === 'string' ? extract(rule, record.text ?? '') : this.#match(rule.pattern, record);
    this.#found.set(key, answer);
    return answer;
  }

  #match(pattern: string, record: CallRecord): string | null {
    if (this.#timeouts >= MAX_TIMEOUTS) return null;
    const { answer, problem } = matchPattern(pattern, record.text ?? '');
    if (problem) {
      this.#timeouts += 1;
      const why = problem.code === 'pattern_timeout' ? `takes longer than ${PATTERN_TIMEOUT} ms` : `fails (${problem.reason})`;
      this.#warn(problem.code, `the regex of vote.extract ${why} on the answer of ${record.model}, which has no vote`);
    }
    return answer;
  }

  #warn(code: string, message: string): void {
    if (!this.#warned) this.#ctx.recorder.warn(code, message);
    this.#warned = true;
  }
}
