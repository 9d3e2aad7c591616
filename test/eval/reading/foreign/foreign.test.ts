import { describe, expect, it } from 'vitest';
import { type ForeignFormat, foreignItems } from '../../../../src/eval/reading/foreign/index.js';
import type { Item } from '../../../../src/eval/reading/items.js';
import { folderWith, troubleOf } from '../place.js';

async function itemsOf(format: ForeignFormat, files: Parameters<typeof folderWith>[0]): Promise<Item[]> {
  const items: Item[] = [];
  for await (const item of foreignItems(format, folderWith(files))) items.push(item);
  return items;
}

/** Prompts as id and texts, answers as id, contestant and text, comparisons as id, pair, judge, preference and orders. */
const brief = (items: readonly Item[]) =>
  items.map((item) => {
    if (item.type === 'prompt') return ['?', item.id, item.messages.map(({ content }) => content), item.reference, item.kind];
    if (item.type === 'answer') return ['!', item.id, item.contestant, item.text];
    return ['<>', item.id, item.a, item.b, item.judge, item.preference, item.orders.ab, item.orders.ba];
  });

describe('alpaca', () => {
  const annotation = {
    instruction: 'A?',
    output_1: 'Base.',
    generator_1: 'base',
    output_2: 'X.',
    generator_2: 'x',
    annotator: 'w',
    preference: 1.75,
  };

  it('reads the results of AlpacaEval below a folder, answers first', async () => {
    const files = {
      'x/w/annotations.json': [annotation, { ...annotation, instruction: 'B?', preference: null }],
      'x/model_outputs.json': [
        { instruction: 'A?', output: 'X.', generator: 'x', dataset: 'd' },
        { instruction: 'B?', output: 'X.' },
      ],
      'x/leaderboard.csv': 'a,b',
      '.hidden/annotations.json': 'broken',
    };
    expect(brief(await itemsOf('alpaca', files))).toEqual([
      ['?', '1', ['A?'], null, null],
      ['!', '1', 'x', 'X.'],
      ['?', '2', ['B?'], null, null],
      ['!', '2', 'x', 'X.'],
      ['?', '1', ['A?'], null, null],
      ['!', '1', 'base', 'Base.'],
      ['!', '1', 'x', 'X.'],
      ['<>', '1', 'x', 'base', 'w', 0.75, null, null],
      ['?', '2', ['B?'], null, null],
      ['!', '2', 'base', 'Base.'],
      ['!', '2', 'x', 'X.'],
      ['<>', '2', 'x', 'base', 'w', null, null, null],
    ]);
  });

  it('counts annotations that stand in two folders once, and those of two judges both', async () => {
    const files = { 'x/annotations.json': [annotation, { ...annotation, annotator: 'v' }], 'x/w/annotations.json': [annotation] };
    const comparisons = (await itemsOf('alpaca', files)).filter(({ type }) => type === 'comparison');
    expect(brief(comparisons)).toEqual([
      ['<>', '1', 'x', 'base', 'w', 0.75, null, null],
      ['<>', '1', 'x', 'base', 'v', 0.75, null, null],
    ]);
  });

  it('says where a preference is none', async () => {
    const folder = folderWith({ 'annotations.json': [annotation, { ...annotation, preference: 3 }] });
    const all = async () => {
      for await (const _ of foreignItems('alpaca', folder));
    };
    expect(await troubleOf(all())).toBe(`input_invalid: ${folder}/annotations.json, item 2: preference cannot be 3`);
  });
});

describe('arena', () => {
  const games = (first: string | null, second: string | null) => [
    { score: first, judgment: '' },
    second === null ? null : { score: second },
  ];

  it('reads Arena-Hard v0.1: the baseline is shown first in the first game', async () => {
    const files = {
      'question.jsonl': [{ question_id: 'q', category: 'arena-hard-v0.1', turns: [{ content: 'Q?' }] }],
      'model_answer/gpt-4-0314.jsonl': [
        { question_id: 'q', model_id: 'gpt-4-0314', choices: [{ index: 0, turns: [{ content: 'Base.' }] }] },
      ],
      'model_answer/x.jsonl': [{ question_id: 'q', model_id: 'x', choices: [{ turns: [{ content: 'X.' }] }] }],
      'model_judgment/gpt-4/x.jsonl': [
        { question_id: 'q', model: 'x', judge: 'gpt-4', games: games('A>>B', 'A>B') },
        { question_id: 'r', model: 'x', judge: 'gpt-4', games: games('B>A', null) },
        { question_id: 's', model: 'x', judge: 'gpt-4', games: games(null, null) },
      ],
    };
    expect(brief(await itemsOf('arena', files))).toEqual([
      ['?', 'q', ['Q?'], null, null],
      ['!', 'q', 'gpt-4-0314', 'Base.'],
      ['!', 'q', 'x', 'X.'],
      ['<>', 'q', 'x', 'gpt-4-0314', 'gpt-4', 0.5, 1, 0],
      ['<>', 'r', 'x', 'gpt-4-0314', 'gpt-4', 1, null, 1],
      ['<>', 's', 'x', 'gpt-4-0314', 'gpt-4', null, null, null],
    ]);
  });

  it('reads Arena-Hard v2.0', async () => {
    const messages = [
      { role: 'user', content: 'Q?' },
      { role: 'assistant', content: { answer: 'X.' } },
    ];
    const files = {
      'd/question.jsonl': [{ uid: 'q', category: 'creative_writing', prompt: 'Q?' }],
      'd/model_answer/x.jsonl': [{ uid: 'q', model: 'x', messages }],
      'd/model_judgment/j/x.jsonl': [{ uid: 'q', model: 'x', baseline: 'o3', judge: 'j', games: games('A=B', 'B>>A') }],
    };
    expect(brief(await itemsOf('arena', files))).toEqual([
      ['?', 'q', ['Q?'], null, 'writing'],
      ['!', 'q', 'x', 'X.'],
      ['<>', 'q', 'x', 'o3', 'j', 0.25, 0, 0.5],
    ]);
  });

  it('reads conversations of Chatbot Arena; its visitors are one judge', async () => {
    const said = (answer: string) => [
      { role: 'user', content: 'Q?' },
      { role: 'assistant', content: answer },
    ];
    const battle = { question_id: 'q', model_a: 'x', model_b: 'y', winner: 'model_b', judge: 'arena_user_12', turn: 1 };
    const rows = [
      { ...battle, conversation_a: said('X.'), conversation_b: said('Y.') },
      { ...battle, question_id: 'r', winner: 'tie (bothbad)', judge: 'arena_user_7' },
    ];
    const expected = [
      ['?', 'q', ['Q?'], null, null],
      ['!', 'q', 'x', 'X.'],
      ['!', 'q', 'y', 'Y.'],
      ['<>', 'q', 'x', 'y', 'arena users', 0, 0, null],
      ['<>', 'r', 'x', 'y', 'arena users', 0.5, 0.5, null],
    ];
    expect(brief(await itemsOf('arena', { 'battles.jsonl': rows, 'config.json': '{\n"a": 1\n}' }))).toEqual(expected);
    expect(brief(await itemsOf('arena', { 'battles.json': rows }))).toEqual(expected);
  });

  it('says where a winner is none, and that there is nothing', async () => {
    const folder = folderWith({ 'b.jsonl': [{ model_a: 'x', model_b: 'y', winner: 'me' }] });
    const all = async (format: ForeignFormat) => {
      for await (const _ of foreignItems(format, folder));
    };
    expect(await troubleOf(all('arena'))).toBe(`input_invalid: ${folder}/b.jsonl, line 1: winner cannot be "me"`);
    expect(await troubleOf(all('alpaca'))).toBe(`input_invalid: ${folder}: holds nothing of alpaca`);
  });
});

describe('mt-bench', () => {
  const files = {
    'question.jsonl': [{ question_id: 81, category: 'math', turns: ['Q1?', 'Q2?'], reference: ['12', ''] }],
    'model_answer/x.jsonl': [{ question_id: 81, model_id: 'x', choices: [{ index: 0, turns: ['X1.', 'X2.'] }] }],
    'reference_answer/gpt-4.jsonl': [{ question_id: 81, choices: [{ turns: ['R', 'R'] }] }],
  };

  it('makes a prompt of each turn', async () => {
    expect(brief(await itemsOf('mt-bench', files))).toEqual([
      ['?', '81', ['Q1?'], '12', 'math'],
      ['?', '81.2', ['Q1?', 'Q2?'], null, 'math'],
      ['!', '81', 'x', 'X1.'],
      ['!', '81.2', 'x', 'X1.\n\nX2.'],
    ]);
  });

  it('reads pairs in both orders', async () => {
    const pair = { question_id: 81, model_1: 'x', model_2: 'y', judge: ['gpt-4', 'pair-v2'], turn: 1 };
    const rows = [
      { ...pair, g1_winner: 'model_1', g2_winner: 'model_2' },
      { ...pair, g1_winner: 'tie', g2_winner: 'error', turn: 2, judge: ['gpt-4', 'pair-v2-multi-turn'] },
      { ...pair, g1_winner: 'error', g2_winner: 'error' },
    ];
    expect(brief(await itemsOf('mt-bench', { 'model_judgment/gpt-4_pair.jsonl': rows }))).toEqual([
      ['<>', '81', 'x', 'y', 'gpt-4', 0.5, 1, 0],
      ['<>', '81.2', 'x', 'y', 'gpt-4', 0.5, 0.5, null],
      ['<>', '81', 'x', 'y', 'gpt-4', null, null, null],
    ]);
  });

  it('compares every two that were graded on their own', async () => {
    const grade = (model: string, score: number) => ({ question_id: 81, model, judge: ['gpt-4', 'single-v1'], score, turn: 1 });
    const rows = [grade('y', 7), grade('x', 9), grade('z', 7), grade('w', -1)];
    expect(brief(await itemsOf('mt-bench', { 'model_judgment/gpt-4_single.jsonl': rows }))).toEqual([
      ['<>', '81', 'w', 'x', 'gpt-4 (grades)', null, null, null],
      ['<>', '81', 'w', 'y', 'gpt-4 (grades)', null, null, null],
      ['<>', '81', 'w', 'z', 'gpt-4 (grades)', null, null, null],
      ['<>', '81', 'x', 'y', 'gpt-4 (grades)', 1, null, null],
      ['<>', '81', 'x', 'z', 'gpt-4 (grades)', 1, null, null],
      ['<>', '81', 'y', 'z', 'gpt-4 (grades)', 0.5, null, null],
    ]);
  });

  it('reads human votes up to the turn that they are about', async () => {
    const conversation = (name: string) =>
      ['1', '2'].flatMap((n) => [
        { role: 'user', content: `Q${n}?` },
        { role: 'assistant', content: `${name}${n}.` },
      ]);
    const vote = {
      question_id: 81,
      model_a: 'x',
      model_b: 'y',
      winner: 'model_a',
      judge: 'expert_0',
      conversation_a: conversation('X'),
      conversation_b: conversation('Y'),
    };
    expect(
      brief(
        await itemsOf('mt-bench', {
          'human.jsonl': [
            { ...vote, turn: 1 },
            { ...vote, turn: 2, winner: 'tie' },
          ],
        }),
      ),
    ).toEqual([
      ['?', '81', ['Q1?'], null, null],
      ['!', '81', 'x', 'X1.'],
      ['!', '81', 'y', 'Y1.'],
      ['<>', '81', 'x', 'y', 'expert_0', 1, 1, null],
      ['?', '81.2', ['Q1?', 'Q2?'], null, null],
      ['!', '81.2', 'x', 'X1.\n\nX2.'],
      ['!', '81.2', 'y', 'Y1.\n\nY2.'],
      ['<>', '81.2', 'x', 'y', 'expert_0', 0.5, 0.5, null],
    ]);
  });
});
