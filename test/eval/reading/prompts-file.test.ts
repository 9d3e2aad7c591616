import { join } from 'node:path';
import { gzipSync } from 'node:zlib';
import { describe, expect, it } from 'vitest';
import { readPrompts } from '../../../src/eval/reading/prompts-file.js';
import { folderWith, troubleOf } from './place.js';

const kindOf = () => 'other' as const;

async function read(content: string | Buffer, name = 'prompts.jsonl') {
  const path = join(folderWith({ [name]: content }), name);
  const found = [];
  for await (const one of readPrompts(path, { kindOf })) found.push(one);
  return found;
}

const trouble = async (content: string | Buffer, name = 'prompts.jsonl') =>
  (await troubleOf(read(content, name))).replace(/\/\S*mom-reading-\w+\//, '');

const user = (content: unknown) => [{ role: 'user', content }];

describe('what a file holds', () => {
  it('reads JSON Lines with every field, other names of them and recordings', async () => {
    const lines = [
      '{"id":"a","prompt":"One?","reference":"72","kind":"math","answer_file":"src/../out.py","other":1}',
      '',
      '{"messages":[{"role":"system","content":"Rule."},{"role":"user","content":[{"type":"text","text":"Two?"}]}],"reference":5}',
      '{"i":7,"question":"Three?","gold":"18","answers":{"x":{"text":"18"}}}',
    ];
    expect(await read(lines.join('\n'))).toEqual([
      { line: 1, prompt: { id: 'a', messages: user('One?'), reference: '72', kind: 'math', answer_file: 'out.py' } },
      {
        line: 3,
        prompt: {
          id: '3',
          messages: [{ role: 'system', content: 'Rule.' }, ...user([{ type: 'text', text: 'Two?' }])],
          reference: '5',
          kind: 'other',
          answer_file: null,
        },
      },
      { line: 4, prompt: { id: '7', messages: user('Three?'), reference: '18', kind: 'other', answer_file: null } },
    ]);
  });

  it('reads gzipped files by their first bytes, a byte order mark and carriage returns', async () => {
    const packed = gzipSync('\uFEFF{"prompt":"One?"}\r\n{"prompt":"Two?"}\r\n');
    for (const name of ['prompts.jsonl.gz', 'prompts.jsonl'])
      expect((await read(packed, name)).map(({ prompt }) => prompt.messages)).toEqual([user('One?'), user('Two?')]);
  });

  it('takes text for one prompt per line, and a name in .txt for text whatever it begins with', async () => {
    expect((await read('One?\n\n  Two? \n', 'prompts')).map(({ line, prompt }) => [line, prompt.id, prompt.messages])).toEqual([
      [1, '1', user('One?')],
      [3, '3', user('Two?')],
    ]);
    expect((await read('{"a": 1}\n', 'p.txt')).map(({ prompt }) => prompt.messages)).toEqual([user('{"a": 1}')]);
  });

  it('reads one JSON list', async () => {
    const found = await read('[\n {"prompt": "One?"},\n {"id": 9, "prompt": "Two?"}\n]', 'p.json');
    expect(found.map(({ line, prompt }) => [line, prompt.id])).toEqual([
      [1, '1'],
      [2, '9'],
    ]);
  });

  it('joins lines over the pieces that a file is read in', async () => {
    const long = 'é'.repeat(200_000);
    const found = await read(`{"prompt":"${long}"}\n{"prompt":"Two?"}`);
    expect(found.map(({ prompt }) => prompt.messages)).toEqual([user(long), user('Two?')]);
  });

  it('asks for the kind only where it is not said', async () => {
    const path = join(folderWith({ 'p.jsonl': '{"prompt":"a","kind":"code"}\n{"prompt":"b"}\n' }), 'p.jsonl');
    const asked: unknown[] = [];
    const kinds = [];
    const kindOf = (messages: unknown) => {
      asked.push(messages);
      return 'writing' as const;
    };
    for await (const { prompt } of readPrompts(path, { kindOf })) kinds.push(prompt.kind);
    expect({ kinds, asked }).toEqual({ kinds: ['code', 'writing'], asked: [user('b')] });
  });
});

describe('what is wrong with a file', () => {
  const LINES: Record<string, [string | Buffer, string]> = {
    'broken JSON': ['{"prompt":"a"}\n{"prompt":', 'input_invalid: prompts.jsonl, line 2: not valid JSON'],
    'a first line that is no object': ['"id": 1}\n', 'input_invalid: prompts.jsonl, line 1: not valid JSON'],
    'no object': ['{"prompt":"a"}\n7\n', 'input_invalid: prompts.jsonl, line 2: must be a JSON object, not a number'],
    'no prompt': ['{"id":"a"}', 'input_invalid: prompts.jsonl, line 1: has no prompt'],
    'an empty prompt': ['{"prompt":" "}', 'input_invalid: prompts.jsonl, line 1: the prompt is empty'],
    'a prompt that is no text': ['{"prompt":1}', 'input_invalid: prompts.jsonl, line 1: prompt must be a text, not a number'],
    'an unknown kind': ['{"prompt":"a","kind":"poetry"}', 'input_invalid: prompts.jsonl, line 1: kind cannot be "poetry"'],
    'an id that is none': ['{"prompt":"a","id":{}}', 'input_invalid: prompts.jsonl, line 1: id must be a text or a number, not an object'],
    'two prompts with one id': [
      '{"id":"x","prompt":"a"}\n{"prompt":"b"}\n{"id":"x","prompt":"c"}',
      'input_invalid: prompts.jsonl, line 3: the id "x" is that of line 1 already',
    ],
    'an id that is the number of another line': [
      '{"id":"2","prompt":"a"}\n{"prompt":"b"}',
      'input_invalid: prompts.jsonl, line 2: the id "2" is that of line 1 already',
    ],
    'no turn of a user': [
      '{"messages":[{"role":"system","content":"a"}]}',
      'input_invalid: prompts.jsonl, line 1: messages hold no turn of a user',
    ],
    'a role that is none': [
      '{"messages":[{"role":"bot","content":"a"}]}',
      'input_invalid: prompts.jsonl, line 1: messages[0].role must be one of system, developer, user, assistant, tool, not "bot"',
    ],
    'a part that is none': [
      '{"messages":[{"role":"user","content":[{"type":"text"}]}]}',
      'input_invalid: prompts.jsonl, line 1: messages[0].content[0].text must be a text',
    ],
    'bytes that are no UTF-8': [
      Buffer.from([...Buffer.from('{"prompt":"a"}\n{"prompt":"'), 0xff, 0x22, 0x7d]),
      'input_invalid: prompts.jsonl, line 2: not UTF-8 text',
    ],
    'nothing but blank lines': ['\n \n', 'no_input: prompts.jsonl is empty'],
    'an empty list': ['[]', 'no_input: prompts.jsonl holds no prompt'],
    'a line that is too long': [
      `{"prompt":"a"}\n{"prompt":"${'a'.repeat(33 * 1024 * 1024)}"}`,
      'input_invalid: prompts.jsonl, line 2: longer than 32 MiB',
    ],
  };
  it.each(Object.entries(LINES))('%s', async (_, [content, message]) => {
    expect(await trouble(content)).toBe(message);
  });

  it.each(['/etc/passwd', '../x', 'a/../../x', 'C:\\x', '..\\x', '\\\\host\\x'])(
    'an answer_file that leaves its folder: %s',
    async (path) => {
      expect(await trouble(JSON.stringify({ prompt: 'a', answer_file: path }))).toBe(
        `input_invalid: prompts.jsonl, line 1: answer_file ${JSON.stringify(path)} leaves its folder`,
      );
    },
  );

  it('a missing file, a folder, and what is not gzipped', async () => {
    const folder = folderWith({ 'x.gz': 'not gzipped' });
    const first = async (path: string) => await troubleOf(readPrompts(path, { kindOf }).next());
    expect(await first(join(folder, 'none'))).toBe(`no_input: ${folder}/none can't be read: there is no such file`);
    expect(await first(folder)).toBe(`no_input: ${folder} can't be read: it is a folder`);
    expect(await first(join(folder, 'x.gz'))).toBe(`input_invalid: ${folder}/x.gz: can't be unpacked: incorrect header check`);
  });
});
