import type { ToolDefinition } from '../core/tool.js';
import proposerToolsText from './proposer-tools.md';
import { render } from './render.js';

/** Whether a reader is given tools, and whether it may call them this time. */
export interface ToolUse {
  offered: boolean;
  acts: boolean;
}

export const NO_TOOLS: ToolUse = { offered: false, acts: false };

/** What a proposer is told of the tools that the writer of the answer can call: the same bytes for the same tools. */
export function proposerTools(tools: readonly ToolDefinition[]): string {
  return render(proposerToolsText, { tools: tools.map(described).join('\n') });
}

function described({ function: { name, description, parameters } }: ToolDefinition): string {
  const what = description === undefined || description.trim() === '' ? '' : `: ${description.trim()}`;
  return `- ${name}${what}\n  arguments: ${parameters === undefined ? 'none' : JSON.stringify(parameters)}`;
}
