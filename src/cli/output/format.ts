import type { EventSink } from '../../core/event.js';
import type { CallRecord, RunResult, Warning } from '../../core/run.js';
import { proposalsText } from '../../observe/proposals-text.js';
import type { OutputFormat } from '../report.js';

/** The heading of the merged answer below the proposals. */
export const ANSWER_HEADING = '## Answer\n\n';

export interface FormatOptions {
  showProposals: boolean;
  /** Warnings from before the run; they are part of the result. */
  early: readonly Warning[];
  /** Called when models have been asked, and it may take a while. */
  onAsked?: () => void;
}

/** `proposals`: those that the text shows. */
export type WriteText = (text: string, proposals?: readonly CallRecord[]) => void;

/** Writes a run's events, and at its end its result, in one format. */
export interface AnswerFormatter extends EventSink {
  finish(result: RunResult): void;
}

export function createFormatter(format: OutputFormat, write: WriteText, options: FormatOptions): AnswerFormatter {
  const complete = (result: RunResult) => ({ ...result, warnings: [...options.early, ...result.warnings] });
  if (format === 'json') return { handle: () => undefined, finish: (result) => write(`${JSON.stringify(complete(result))}\n`) };
  if (format === 'jsonl') {
    return {
      handle: (event) => write(`${JSON.stringify(event.type === 'run.end' ? { ...event, result: complete(event.result) } : event)}\n`),
      finish: () => undefined,
    };
  }
  return textFormatter(write, options);
}

function textFormatter(write: WriteText, { showProposals, onAsked }: FormatOptions): AnswerFormatter {
  /** The text of a failed run counts only where it was meant to be seen: one that was held back for a check did not pass it. */
  let wasShown = false;
  return {
    handle(event) {
      if (event.type === 'call.start') onAsked?.();
      if (event.type !== 'answer.delta') return;
      wasShown = true;
      if (!showProposals) write(event.text);
    },
    finish(result) {
      if (wasShown && !showProposals) return;
      const hasProposals = result.proposals.some((proposal) => proposal.status === 'answered');
      const isProposalsOnly = result.status !== 'failed' && result.status !== 'cancelled' && result.answer_source === null;
      if (hasProposals && (showProposals || isProposalsOnly)) write(proposalsText(result.proposals), result.proposals);
      if (result.answer !== null && !isProposalsOnly && (wasShown || result.status !== 'failed'))
        write(hasProposals && showProposals ? `\n${ANSWER_HEADING}${result.answer}` : result.answer);
    },
  };
}
