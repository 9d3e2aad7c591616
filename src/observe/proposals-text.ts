import type { CallRecord } from '../core/run.js';
import { isFirstAnswer, levelOf } from './level.js';

/** Each proposal under a heading with its model, in config order, those of later layers and rounds below; a failed one with its reason. */
export function proposalsText(proposals: readonly CallRecord[]): string {
  return proposals.map((proposal) => `## ${proposalHeading(proposal)}\n\n${proposalBody(proposal)}\n`).join('\n');
}

/** `acme/one (p1, critical)`; `Layer 2: acme/one (p1.2)` */
export function proposalHeading(proposal: CallRecord): string {
  const { model, id, role } = proposal;
  const level = isFirstAnswer(proposal) ? null : levelOf(proposal);
  const place = level === null ? '' : `${level.charAt(0).toUpperCase()}${level.slice(1)}: `;
  return `${place}${model} (${[id, ...(role === null ? [] : [role])].join(', ')})`;
}

/** Its text, or in brackets why there is none. */
export function proposalBody(proposal: CallRecord): string {
  if (proposal.status === 'answered') return (proposal.text ?? '').trimEnd();
  const reason = proposal.error?.message;
  if (proposal.status === 'skipped') return reason === undefined ? '(not asked)' : `(not asked: ${reason})`;
  return `(no answer: ${reason ?? proposal.status})`;
}
