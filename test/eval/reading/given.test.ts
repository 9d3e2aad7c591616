import { join } from 'node:path';
import { gzipSync } from 'node:zlib';
import { describe, expect, it } from 'vitest';
import { readGiven } from '../../../src/eval/reading/given.js';
import { folderWith, troubleOf } from './place.js';

const user = (content: string) => [{ role: 'user', content }];
const UNKNOWN = { ab: null, ba: null };

describe('answers', () => {
  it('puts files together by the ids of their prompts, named by their fields or their files', async () => {
    const folder = folderWith({
      'ours.jsonl': [
        { id: 'a', text: 'One', prompt: 'A?' },
        { id: 'b', text: null },
      ],
      'theirs.jsonl': [
        { id: 'b', model: 'them', answer: '**Two**' },
        { id: 'a', generator: 'them', output: '' },
      ],
    });
    const given = await readGiven(['ours.jsonl', 'theirs.jsonl'].map((name) => join(folder, name)));
    expect(given).toMatchObject({
      prompts: [
        { id: 'a', messages: user('A?'), reference: null, kind: null },
        { id: 'b', messages: null },
      ],
      contestants: ['ours', 'them'],
      texts: [
        ['One', null],
        ['', '**Two**'],
      ],
      failed: [new Set([1]), new Set()],
      comparisons: [],
      knowsMarkdown: true,
      difficulty: null,
    });
    expect(given.styles).toEqual([
      [{ length: 3, headings: 0, list_items: 0, bold: 0 }, null],
      [
        { length: 0, headings: 0, list_items: 0, bold: 0 },
        { length: 7, headings: 0, list_items: 0, bold: 1 },
      ],
    ]);
  });

  it('knows prompts by their text where there is no id, else by the line', async () => {
    const folder = folderWith({
      'x.jsonl': [
        { prompt: 'A?', text: '1' },
        { prompt: 'B?', text: '2' },
        { prompt: 'A?', text: '3' },
      ],
      'y.json': [
        { instruction: 'B?', output: '4', generator: 'y' },
        { instruction: 'A?', output: '5', generator: 'y' },
        { instruction: 'A?', output: '6', generator: 'y' },
      ],
      'z.jsonl': [{ text: '7' }],
    });
    const given = await readGiven(['x.jsonl', 'y.json', 'z.jsonl'].map((name) => join(folder, name)));
    expect(given.prompts.map(({ id }) => id)).toEqual(['1', '2', '3']);
    expect(given.texts).toEqual([
      ['1', '2', '3'],
      ['5', '4', '6'],
      ['7', null, null],
    ]);
  });

  it('takes the prompts of a folder from their own file', async () => {
    const folder = folderWith({
      'prompts.jsonl': [{ id: 'a', prompt: 'A?', answer: '18', kind: 'math' }],
      'answers.jsonl': [{ id: 'a', contestant: 'x', text: '18' }],
      'other.jsonl': 'is not looked at',
    });
    const { prompts, texts } = await readGiven([folder]);
    expect({ prompts, texts }).toEqual({ prompts: [{ id: 'a', messages: user('A?'), reference: '18', kind: 'math' }], texts: [['18']] });
  });

  it('reads recorded answers of several systems', async () => {
    const folder = folderWith({ 'r.jsonl': [{ i: 3, question: 'A?', gold: '1', answers: { x: { text: 'One' }, y: { text: 'Two' } } }] });
    const { prompts, contestants, texts } = await readGiven([join(folder, 'r.jsonl')]);
    expect({ prompts, contestants, texts }).toEqual({
      prompts: [{ id: '3', messages: user('A?'), reference: '1', kind: null }],
      contestants: ['x', 'y'],
      texts: [['One'], ['Two']],
    });
  });
});

describe('comparisons', () => {
  it("reads mom's own form", async () => {
    const style = { length: 9, headings: 1, list_items: 2, bold: 3 };
    const folder = folderWith({
      'p.jsonl': [
        { id: 'a', a: 'x', b: 'y', judge: 'j', preference: 0.75, orders: { ab: 1, ba: 0.5 }, length_a: 5, style_b: style, position: 4 },
        { id: 'a', a: 'x', b: 'y', judge: 'k', preference: null },
      ],
    });
    expect(await readGiven([join(folder, 'p.jsonl')])).toMatchObject({
      comparisons: [{ prompt: 0, a: 0, b: 1, judge: 'j', preference: 0.75, orders: { ab: 1, ba: 0.5 }, position: 4 }],
      missing: 1,
      knowsMarkdown: false,
      styles: [[{ length: 5, headings: 0, list_items: 0, bold: 0 }], [style]],
      texts: [[null], [null]],
    });
  });

  it('reads all preferences of a system in one row, with the difficulties that stand beside them', async () => {
    const row = {
      model: 'x',
      baseline: 'base',
      judge: 'j',
      n: 2,
      preference: [1.25, null, 0],
      len_baseline: [1, 2, 3],
      len_model: [4, 5, 6],
    };
    const folder = folderWith({
      'preferences.jsonl.gz': gzipSync(`${JSON.stringify(row)}\n`),
      'lc_reference.json': '{"instruction_difficulty":[1,2,3]}',
    });
    const given = await readGiven([join(folder, 'preferences.jsonl.gz')]);
    expect(given.comparisons).toEqual([
      { prompt: 0, a: 0, b: 1, judge: 'j', preference: 0.25, orders: UNKNOWN, position: 0 },
      { prompt: 2, a: 0, b: 1, judge: 'j', preference: 0.5, orders: UNKNOWN, position: 2 },
    ]);
    expect(given.styles.map((row) => row.map((style) => style?.length))).toEqual([
      [4, 5, 6],
      [1, 2, 3],
    ]);
    expect(given).toMatchObject({
      contestants: ['x', 'base'],
      missing: 1,
      difficulty: { path: join(folder, 'lc_reference.json'), value: { instruction_difficulty: [1, 2, 3] } },
    });
    expect((await readGiven([folder])).comparisons).toEqual(given.comparisons);
  });

  it('reads annotations with their texts', async () => {
    const row = {
      instruction: 'A?',
      output_1: 'One',
      generator_1: 'base',
      output_2: 'Two',
      generator_2: 'x',
      annotator: 'j',
      preference: 2,
    };
    const folder = folderWith({ 'annotations.json': [row, { ...row, generator_2: 'y', preference: 1.5, annotator: undefined }] });
    expect(await readGiven([join(folder, 'annotations.json')])).toMatchObject({
      prompts: [{ id: '1', messages: user('A?') }],
      contestants: ['base', 'x', 'y'],
      texts: [['One'], ['Two'], ['Two']],
      comparisons: [
        { prompt: 0, a: 1, b: 0, judge: 'j', preference: 1, position: 0 },
        { prompt: 0, a: 2, b: 0, judge: 'annotations', preference: 0.5, position: 1 },
      ],
    });
  });
});

describe('what is wrong with files', () => {
  const ROWS: Record<string, [unknown, string]> = {
    'nothing that is known': [{ id: 'a' }, 'holds no answer, no preference and no prompt'],
    'a preference out of bounds': [{ id: 'a', a: 'x', b: 'y', preference: 2 }, 'preference must be a number from 0 to 1, not 2'],
    'an order out of bounds': [
      { id: 'a', a: 'x', b: 'y', preference: 1, orders: { ab: 'a' } },
      'ab must be a number from 0 to 1, not a string',
    ],
    'one contestant twice': [{ id: 'a', a: 'x', b: 'x', preference: 1 }, 'a and b are both "x"'],
    'no id': [{ a: 'x', b: 'y', preference: 1 }, 'has no id'],
    'a preference of no system': [{ model: 'x', baseline: 'y', preference: [0.5] }, 'preference[0] cannot be 0.5'],
    'lengths that are too few': [
      { model: 'x', baseline: 'y', preference: [1, 2], len_model: [1] },
      'len_model has 1 lengths for 2 preferences',
    ],
    'a text that is none': [{ id: 'a', text: 7 }, 'text must be a text, not a number'],
    'an answer that is none': [{ question: 'A?', answers: { x: 7 } }, 'the answer of "x" must be a text, not a number'],
  };
  it.each(Object.entries(ROWS))('%s', async (_, [row, message]) => {
    const path = join(folderWith({ 'f.jsonl': [row] }), 'f.jsonl');
    expect(await troubleOf(readGiven([path]))).toBe(`input_invalid: ${path}, line 1: ${message}`);
  });

  it('a second answer to one prompt', async () => {
    const path = join(
      folderWith({
        'f.jsonl': [
          { id: 'a', text: '1' },
          { id: 'a', text: '2' },
        ],
      }),
      'f.jsonl',
    );
    expect(await troubleOf(readGiven([path]))).toBe(`input_invalid: ${path}, line 2: "f" answers "a" a second time`);
  });

  it('files that are missing, empty, or not where a folder should have them', async () => {
    const folder = folderWith({ 'empty.jsonl': '' });
    expect(await troubleOf(readGiven([join(folder, 'none')]))).toBe(`no_input: ${folder}/none can't be read: there is no such file`);
    expect(await troubleOf(readGiven([join(folder, 'empty.jsonl')]))).toBe(`no_input: ${folder}/empty.jsonl is empty`);
    expect(await troubleOf(readGiven([folder]))).toBe(
      `no_input: ${folder} holds no prompts.jsonl, answers.jsonl, model_outputs.json, preferences.jsonl or annotations.json`,
    );
  });
});
