import type { CallRecord } from '../../core/run.js';

/** Each proposal under a heading with its model, in config order; a failed one with its reason. */
export function proposalsText(proposals: readonly CallRecord[]): string {
  return proposals.map((proposal) => `${heading(proposal)}\n\n${body(proposal)}\n`).join('\n');
}

/** The heading of the merged answer below the proposals. */
export const ANSWER_HEADING = '## Answer\n\n';

function heading(proposal: CallRecord): string {
  const role = proposal.role === null ? '' : `, ${proposal.role}`;
  return `## ${proposal.model} (${proposal.id}${role})`;
}

function body(proposal: CallRecord): string {
  if (proposal.status === 'answered') return (proposal.text ?? '').trimEnd();
  return `(no answer: ${proposal.error?.message ?? proposal.status})`;
}
