import { MomError } from '../../core/error.js';
import type { RunResult } from '../../core/run.js';
import { type BlockWish, type CodeBlock, chosenBlocks, codeBlocks, joinedCode } from './code-blocks.js';
import type { AnswerFormatter } from './format.js';

export interface ExtractOptions {
  wish: BlockWish;
  /** Told that a block may be cut. */
  warn: (message: string) => void;
  /** Id of the run where its text is kept; else null. */
  shownBy: string | null;
}

/** What `-x/--extract` asks of a command line. */
export function wishOf(flags: { lang?: string; first?: boolean; all?: boolean }): BlockWish {
  return { lang: flags.lang ?? null, which: flags.first ? 'first' : flags.all ? 'all' : 'last' };
}

/** Writes the code of an answer when the run is over, and nothing of one that failed. */
export interface Extractor extends AnswerFormatter {
  /** Why there is no code to write. */
  lack: MomError | null;
}

export function createExtractor(write: (text: string) => void, { wish, warn, shownBy }: ExtractOptions): Extractor {
  return {
    lack: null,
    handle: () => undefined,
    finish(result) {
      if (result.status === 'failed' || result.status === 'cancelled') return;
      const blocks = textsOf(result).flatMap(codeBlocks);
      const chosen = chosenBlocks(blocks, wish);
      if (chosen.length === 0) this.lack = noCode(blocks, wish, shownBy);
      else write(joinedCode(chosen));
      if (chosen.some(({ closed }) => !closed)) warn('the code block is not closed in the answer: it may be cut');
    },
  };
}

/** The answer; where nothing was merged, each model's. */
function textsOf({ answer, answer_source, proposals }: RunResult): string[] {
  if (answer_source === null) return proposals.flatMap(({ status, text }) => (status === 'answered' && text !== null ? [text] : []));
  return answer === null ? [] : [answer];
}

function noCode(blocks: readonly CodeBlock[], { lang }: BlockWish, shownBy: string | null): MomError {
  const whole = shownBy === null ? 'leave -x out to see the answer' : `mom logs show ${shownBy} shows the whole answer`;
  if (blocks.length === 0) return new MomError('no_code_block', 'the answer holds no code block', { hint: whole });
  const named = [...new Set(blocks.map((block) => block.lang ?? 'no language'))].join(', ');
  const count = blocks.length === 1 ? '1 code block' : `${blocks.length} code blocks`;
  return new MomError('no_code_block', `the answer holds no code block in ${lang}`, { hint: `it holds ${count} (${named}); ${whole}` });
}
