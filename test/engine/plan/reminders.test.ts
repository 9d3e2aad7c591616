import { describe, expect, it } from 'vitest';
import type { ContentPart, Message } from '../../../src/core/message.js';
import { isToolTurn } from '../../../src/engine/plan/tool-turns.js';

const user = (content: Message['content']): Message => ({ role: 'user', content });
const text = (said: string): ContentPart => ({ type: 'text', text: said });
const PICTURE: ContentPart = { type: 'image_url', image_url: { url: 'data:image/png;base64,AA==' } };
const CALL: Message = {
  role: 'assistant',
  content: null,
  tool_calls: [{ id: 'x', type: 'function', function: { name: 'read_file', arguments: '{}' } }],
};
const RESULTS: Message[] = [user('Fix a.txt.'), CALL, { role: 'tool', tool_call_id: 'x', content: 'alpha' }];

const TODO_BLOCK = '<system-reminder>\nYour todo list is empty. DO NOT mention this to the user.\n</system-reminder>';
const DETAILS = '<environment_details>\n# Current Time\n2026-01-05T10:00:00Z\n# VSCode Open Tabs\na.txt\n</environment_details>';

describe('a turn of a tool loop', () => {
  it.each<[string, Message[]]>([
    ['results alone', []],
    ['a reminder', [user(TODO_BLOCK)]],
    ['details of the environment', [user(`\n${DETAILS}\n`)]],
    ['several blocks, in one message or two', [user(`${TODO_BLOCK}\n\n${DETAILS}`), user([text(TODO_BLOCK), text(DETAILS)])]],
    ['a system prompt', [{ role: 'system', content: 'Stay in plan mode.' }]],
    ['a developer’s', [{ role: 'developer', content: 'Stay in plan mode.' }, user(TODO_BLOCK)]],
    ['the pictures of a result', [user([text('Attached image(s) from tool result:'), PICTURE])]],
    ['pictures and a reminder', [user([text('Attached image(s) from tool result:'), PICTURE, text(TODO_BLOCK)])]],
  ])('goes on behind %s', (_, more) => {
    expect(isToolTurn([...RESULTS, ...more])).toBe(true);
  });

  it.each<[string, Message[]]>([
    ['words of the user', [user('Stop, use b.txt.')]],
    ['words beside a block', [user(`${TODO_BLOCK}\nStop, use b.txt.`)]],
    ['words before one', [user(`Stop. ${DETAILS}`)]],
    ['words between two', [user(`${TODO_BLOCK} no ${TODO_BLOCK}`)]],
    ['words in a part of their own', [user([text(TODO_BLOCK), text('Stop.')])]],
    [
      'words of the user that the agent has put into a block',
      [user('<system-reminder>\nThe user sent the following message:\nStop.\n</system-reminder>')],
    ],
    ['a block that is not closed', [user('<system-reminder> and so on')]],
    ['a block that nobody knows', [user('<task>Fix b.txt</task>')]],
    ['a picture of the user', [user([text(TODO_BLOCK), PICTURE])]],
    ['a picture alone', [user([PICTURE])]],
    ['words about pictures', [user('Attached image(s) from tool result:')]],
    ['an empty message', [user('')]],
    ['no parts', [user([])]],
    ['an answer', [{ role: 'assistant', content: 'Done.' }]],
    ['an answer and a reminder', [{ role: 'assistant', content: 'Done.' }, user(TODO_BLOCK)]],
  ])('ends with %s', (_, more) => {
    expect(isToolTurn([...RESULTS, ...more])).toBe(false);
  });

  it('is none without results, whatever reminds', () => {
    expect(isToolTurn([user('Fix a.txt.'), user(TODO_BLOCK)])).toBe(false);
    expect(isToolTurn([user(TODO_BLOCK)])).toBe(false);
    expect(isToolTurn([])).toBe(false);
  });

  it('is found out in no time, however hostile the text', () => {
    const opened = '<system-reminder>'.repeat(500_000);
    const closed = `${'<system-reminder></system-reminder>'.repeat(200_000)}x`;
    const start = performance.now();
    for (const said of [opened, closed]) expect(isToolTurn([...RESULTS, user(said)])).toBe(false);
    expect(performance.now() - start).toBeLessThan(1_000);
  });
});
