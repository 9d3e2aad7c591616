import type { StoredRun } from '../../../core/history.js';
import { type ContentPart, type Message, messageText } from '../../../core/message.js';
import type { CallRecord } from '../../../core/run.js';
import type { ToolCall } from '../../../core/tool.js';
import { proposalBody, proposalHeading } from '../../../observe/proposals-text.js';

/** A part of a run under its heading. */
export interface Section {
  heading: string;
  body: string;
  /** Written by a model for a reader: Markdown. What was asked is shown as it is. */
  isMarkdown: boolean;
}

/** The conversation message by message, then the proposals where they are wanted, then the answer. */
export function runSections(run: StoredRun, withProposals: boolean): Section[] {
  if (!run.content) return [];
  const { proposals } = run.result;
  const hasNoMerged = isProposalsOnly(run);
  return [
    ...messageSections(run.messages).map((section, n) => ({ ...section, isMarkdown: run.messages[n]?.role === 'assistant' })),
    ...(withProposals || hasNoMerged ? proposals.map(proposalSection) : []),
    ...(hasNoMerged ? [] : [answerSection(run)]),
  ];
}

/** Messages to the letter. */
export function messageSections(messages: readonly Message[]): Section[] {
  return messages.map((message) => ({ heading: roleName(message), body: bodyOf(message), isMarkdown: false }));
}

function proposalSection(proposal: CallRecord): Section {
  return { heading: proposalHeading(proposal), body: proposalBody(proposal), isMarkdown: true };
}

function answerSection({ result }: StoredRun): Section {
  const { answer, tool_calls, status } = result;
  const isWhole = status === 'complete' || status === 'degraded';
  const body = [...(answer === null ? [] : [answer.trimEnd()]), ...tool_calls.map(calledTool)].join('\n\n');
  return { heading: isWhole || body === '' ? 'Answer' : 'Answer, broken off', body: body === '' ? '(none)' : body, isMarkdown: true };
}

/** Nobody merged the answers, as `--no-critic` wants it. */
function isProposalsOnly({ result }: StoredRun): boolean {
  return (result.status === 'complete' || result.status === 'degraded') && result.answer_source === null;
}

function roleName({ role, name }: Message): string {
  const title = role.charAt(0).toUpperCase() + role.slice(1);
  return name === undefined ? title : `${title} (${name})`;
}

function bodyOf(message: Message): string {
  const calls = (message.tool_calls ?? []).map(({ id, function: { name, arguments: args } }) => calledTool({ id, name, arguments: args }));
  const others = Array.isArray(message.content) ? message.content.flatMap(attachment) : [];
  return [messageText(message).trimEnd(), ...others, ...calls].filter((part) => part !== '').join('\n\n');
}

function calledTool({ name, arguments: args }: ToolCall): string {
  return `(calls ${name}: ${args})`;
}

/** What stands beside the text, without its bytes. */
function attachment(part: ContentPart): string[] {
  if (part.type === 'text') return [];
  if (part.type === 'image_url') return [`(image: ${part.image_url.url.replace(/^(data:[^;,]*).*$/s, '$1')})`];
  return [part.type === 'file' ? '(a file)' : '(sound)'];
}
