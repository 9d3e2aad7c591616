import { describe, expect, it } from 'vitest';
import { applyAnswer, conversation, type Files } from '../../support/aider.js';
import { mixture } from '../../support/mixture.js';
import { play } from '../../support/run-engine.js';
import { answers, refuses, type Step } from '../../support/scripted-client.js';

const FENCE = '```';
const NOTES: Files = { 'notes.txt': 'colour: red\nsize: 3\n' };
const block = (search: string, replace: string) =>
  `notes.txt\n${FENCE}\n<<<<<<< SEARCH\n${search}=======\n${replace}>>>>>>> REPLACE\n${FENCE}\n`;
const GOOD = block('colour: red\n', 'colour: blue\n');
const UNFIT = block('colour = red\n', 'colour = blue\n');
const OPEN = GOOD.replace(`>>>>>>> REPLACE\n${FENCE}\n`, '');
const JUDGE = refuses('provider_error', 500);

/** What three models make of a conversation of aider's; the judge fails unless told otherwise. */
async function chosen(
  proposals: (string | readonly Step[])[],
  { messages = conversation('diff', NOTES, 'Make it blue.'), judge = JUDGE } = {},
) {
  const names = ['a', 'b', 'c'].slice(0, proposals.length);
  const scripts = Object.fromEntries(
    names.map((name, i) => [name, typeof proposals[i] === 'string' ? answers(proposals[i]) : (proposals[i] ?? [])]),
  );
  const made = mixture(names, ['judge'], { strategy: 'auto', strategyChosen: false, quorum: names.length, retries: 0 });
  const { result, client } = await play(made, { ...scripts, judge }, { messages });
  return { ...result, asked: client.requests.map(({ model }) => model) };
}

describe('of several answers with edits', () => {
  it('those that can not be applied are no candidates; where one is left nobody is asked to choose', async () => {
    const { answer, answer_source, status, strategy, warnings, asked } = await chosen([UNFIT, OPEN, GOOD]);
    expect({ answer, answer_source, status, strategy }).toEqual({
      answer: GOOD,
      answer_source: 'proposal:p3',
      status: 'complete',
      strategy: 'select',
    });
    expect(asked).toEqual(['a', 'b', 'c']);
    expect(warnings).toEqual([
      {
        code: 'proposals_left_out',
        message:
          "left out, as others can be used: a (the SEARCH text of block 1 does not stand in notes.txt), b (block 1 has no '>>>>>>> REPLACE' line)",
      },
    ]);
  });

  it('two that are left and the same go out without a judge; two that differ do not', async () => {
    expect(await chosen([UNFIT, GOOD, GOOD])).toMatchObject({ answer: GOOD, asked: ['a', 'b', 'c'] });
    const other = `In other words.\n\n${GOOD}`;
    const { answer, asked, status } = await chosen([UNFIT, GOOD, other], { judge: answers('VERDICT: B1') });
    expect([GOOD, other]).toContain(answer);
    expect([asked, status]).toEqual([['a', 'b', 'c', 'judge'], 'complete']);
  });

  it('none is left out where all are broken, nor prose in favour of what is broken', async () => {
    for (const proposals of [
      [UNFIT, OPEN],
      [UNFIT, 'Which blue?'],
    ]) {
      const { warnings, answer } = await chosen(proposals);
      expect(warnings.map(({ code }) => code)).not.toContain('proposals_left_out');
      expect(proposals).toContain(answer);
    }
  });

  it('one that is cut off is left out, in any conversation, unless all are', async () => {
    const cut = answers(GOOD, 0, 0.01, 'length');
    const message = 'left out, as others can be used: a (it is cut off at its length limit)';
    const inAider = await chosen([cut, 'Which blue?']);
    expect([inAider.answer, inAider.warnings]).toEqual(['Which blue?', [{ code: 'proposals_left_out', message }]]);
    const messages = [{ role: 'user' as const, content: 'Answer in JSON: which blue?' }];
    expect(await chosen([answers('{"a": 1', 0, 0.01, 'length'), '{"a": 1}'], { messages })).toMatchObject({ answer: '{"a": 1}' });
    expect((await chosen([cut, cut])).warnings.map(({ code }) => code)).not.toContain('proposals_left_out');
  });
});

describe('edits go out to the letter', () => {
  it('with line ends of Windows', async () => {
    const answer = GOOD.replaceAll('\n', '\r\n');
    const files = { 'notes.txt': NOTES['notes.txt']?.replaceAll('\n', '\r\n') ?? '' };
    const messages = conversation('diff', files, 'Make it blue.');
    expect((await chosen([UNFIT.replaceAll('\n', '\r\n'), answer], { messages })).answer).toBe(answer);
    expect(applyAnswer('diff', answer, files)).toEqual({ 'notes.txt': 'colour: blue\r\nsize: 3\r\n' });
  });

  it('in other scripts, with marks that combine and spaces that are none', async () => {
    const before = 'naïve = "e\u0301\u200b你好👩‍👩‍👧\u00a0"\t \n';
    const files = { 'notes.txt': `# überschrift\n${before}end\n` };
    const answer = `Voilà – 完成。\n\n${block(before, `${before}neu = "ß"\n`)}`;
    const messages = conversation('diff', files, 'Füge etwas hinzu.');
    expect((await chosen([block(before.normalize('NFC'), ''), answer], { messages })).answer).toBe(answer);
    expect(applyAnswer('diff', answer, files)['notes.txt']).toBe(`# überschrift\n${before}neu = "ß"\nend\n`);
  });

  it('of a file of 60 kB, whole or in blocks', async () => {
    const lines = Array.from({ length: 1_700 }, (_, i) => `  value_${i} = "the value of line ${i}"\n`);
    const files = { 'notes.txt': lines.join('') };
    expect(files['notes.txt'].length).toBeGreaterThan(60_000);
    const line = lines[1_234] ?? '';
    const changed = files['notes.txt'].replace(line, '  other = 1\n');
    const whole = `notes.txt\n${FENCE}\n${changed}${FENCE}\n`;
    const replies = {
      whole: [whole.replace(/```\n$/, ''), whole],
      diff: [
        block(`  value_1234 = 'x'\n`, ''),
        block(`${lines.slice(1_200, 1_234).join('')}${line}`, `${lines.slice(1_200, 1_234).join('')}  other = 1\n`),
      ],
    };
    for (const format of ['whole', 'diff'] as const) {
      const [broken = '', good = ''] = replies[format];
      const messages = conversation(format, files, 'Rename it.');
      expect((await chosen([broken, good], { messages })).answer).toBe(good);
      expect(applyAnswer(format, good, files)).toEqual({ 'notes.txt': changed });
    }
  });
});
