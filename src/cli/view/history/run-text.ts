import type { StoredRun } from '../../../core/history.js';
import type { Message } from '../../../core/message.js';
import { sanitize } from '../sanitize.js';
import type { Screen } from '../screen.js';
import { type Style, styleOf } from '../style.js';
import { type Follower, factLines } from './run-facts.js';
import { messageSections, runSections, type Section } from './run-sections.js';

/** Makes Markdown ready for the terminal that it goes to. */
export type RenderMarkdown = (text: string) => string;

export interface RunView {
  screen: Screen;
  /** Null: Markdown is shown as it is written. */
  render: RenderMarkdown | null;
}

/** A whole run: conversation, answer, facts. Off a terminal it is a Markdown document with its texts to the letter. */
export function runText(run: StoredRun, followers: readonly Follower[], withProposals: boolean, view: RunView): string {
  const style = styleOf(view.screen.color);
  const facts = factLines(run, followers, style, view.screen.columns).join('\n');
  return [...sectionTexts(runSections(run, withProposals), style, view), `${headingText('Run', style, view)}\n\n${facts}\n`].join('\n');
}

/** What a call was sent, message by message. */
export function promptText(messages: readonly Message[], view: RunView): string {
  return sectionTexts(messageSections(messages), styleOf(view.screen.color), view).join('\n');
}

function sectionTexts(sections: readonly Section[], style: Style, view: RunView): string[] {
  return sections.map(({ heading, body, isMarkdown }) => {
    const shown = isMarkdown && view.render ? view.render(body) : clean(body, view);
    return `${headingText(heading, style, view)}\n\n${shown.replace(/\n*$/, '\n')}`;
  });
}

function headingText(heading: string, style: Style, view: RunView): string {
  return style.bold(clean(view.render ? heading : `## ${heading}`, view));
}

function clean(text: string, { screen }: RunView): string {
  return screen.columns === null ? text : sanitize(text);
}
