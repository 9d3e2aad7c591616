import { describe, expect, it } from 'vitest';
import { seededRandom } from '../../../src/core/random.js';
import { lengthControlled } from '../../../src/eval/statistics/length-control.js';
import { regulariserFrom } from '../../../src/eval/statistics/length-reference.js';

const N = 50;

function rows() {
  const random = seededRandom(5);
  const all = { preference: new Float64Array(N), length: new Float64Array(N), baseline_length: new Float64Array(N) };
  const difficulty = new Float64Array(N);
  for (let i = 0; i < N; i++) {
    all.preference[i] = random();
    all.length[i] = 100 + 900 * random();
    all.baseline_length[i] = 100 + 900 * random();
    difficulty[i] = 4 * random() - 2;
  }
  return { ...all, difficulty };
}

/** tanh of the standardised length difference. */
function tanhs({ length, baseline_length }: ReturnType<typeof rows>): number[] {
  const differences = Array.from(length, (own, i) => baseline_length[i]! - own);
  const centre = differences.reduce((a, b) => a + b) / N;
  const deviation = Math.sqrt(differences.reduce((sum, d) => sum + (d - centre) ** 2, 0) / N);
  return differences.map((d) => Math.tanh(d / deviation));
}

const reference = (all = rows()) => ({
  instruction_difficulty: [...all.difficulty.slice(0, 20)],
  gamed: {
    tanh_std_delta_len: [
      tanhs(all)
        .slice(0, 20)
        .map((t) => t * 0.5),
      tanhs(all)
        .slice(0, 20)
        .map((t) => -t),
    ],
    label_model: { tanh: -1.5, difficulty: 0.7 },
    weight_per_row: 0.1,
  },
});

describe('the length-controlled win rate', () => {
  // Known values: scipy.optimize.minimize of the same loss, and leaving out each row in turn for the error.
  it('is that of a fit on length, difficulty and the contestant, with length set to 0', () => {
    const found = lengthControlled(rows(), null)!;
    expect(found.win_rate).toBeCloseTo(46.72689094310036, 6);
    expect(found.length_coefficient).toBeCloseTo(0.3107056603009643, 6);
    expect(Math.abs(found.standard_error! / 3.738698635343588 - 1)).toBeLessThan(0.05);
  });

  it('does without difficulties', () => {
    const found = lengthControlled({ ...rows(), difficulty: null }, null)!;
    expect(found.win_rate).toBeCloseTo(46.722168990499355, 6);
    expect(found.length_coefficient).toBeCloseTo(0.3117510107083697, 6);
  });

  it('is held by the rows of gamed baselines', () => {
    const { regulariser } = regulariserFrom(reference())!;
    const found = lengthControlled(rows(), regulariser)!;
    expect(found.win_rate).toBeCloseTo(47.19974747902774, 6);
    expect(found.length_coefficient).toBeCloseTo(0.21332952498480032, 6);
    expect(lengthControlled({ ...rows(), difficulty: null }, regulariser)).toEqual(lengthControlled({ ...rows(), difficulty: null }, null));
  });

  it('is the plain one where all answers are as long as the other ones', () => {
    const all = rows();
    const found = lengthControlled({ ...all, length: all.baseline_length, difficulty: null }, null)!;
    expect(found.win_rate).toBeCloseTo((100 * all.preference.reduce((a, b) => a + b)) / N, 6);
    expect(found.length_coefficient).toBe(0);
  });

  it('is finite where a contestant wins all', () => {
    const found = lengthControlled({ ...rows(), preference: new Float64Array(N).fill(1) }, null)!;
    expect(found.win_rate).toBeGreaterThan(99.99);
    expect(found.win_rate).toBeLessThanOrEqual(100);
    expect(found.standard_error).toBeGreaterThanOrEqual(0);
    expect(found.standard_error).toBeLessThan(0.1);
  });

  it('has no error of hardly any prompts, and is nothing of none', () => {
    const few = (n: number) => {
      const { preference, length, baseline_length } = rows();
      const taken = { preference: preference.slice(0, n), length: length.slice(0, n), baseline_length: baseline_length.slice(0, n) };
      return lengthControlled({ ...taken, difficulty: null }, null);
    };
    expect(few(0)).toBeNull();
    expect(few(1)).toBeNull();
    expect(few(2)?.standard_error).toBeNull();
  });
});

describe('where length and contestant go together', () => {
  const always = (n: number, more: (i: number) => number, wins: (i: number) => boolean = (i) => i % 20 < 13) => {
    const random = seededRandom(3);
    const baseline_length = Float64Array.from({ length: n }, () => 500 + 500 * random());
    const length = baseline_length.map((value, i) => value + more(i));
    return { preference: Float64Array.from({ length: n }, (_, i) => Number(wins(i))), length, baseline_length, difficulty: null };
  };

  it.each([
    ['exactly the same', () => 300],
    ['nearly the same', (i: number) => 300 + (i % 7)],
    ['about the same', (i: number) => 300 + 20 * (i % 7)],
  ])('nothing is known of a contestant that is always longer by %s', (_, more) => {
    expect(lengthControlled(always(100, more), null)).toBeNull();
    expect(
      lengthControlled(
        always(100, more, () => true),
        null,
      ),
    ).toBeNull();
  });

  it('many prompts tell them apart where few do not', () => {
    const more = (i: number) => 200 + 100 * (i % 7);
    expect(lengthControlled(always(60, more), null)).toBeNull();
    expect(lengthControlled(always(2_000, more), null)?.standard_error).toBeLessThan(20);
  });

  it('the rows of gamed baselines tell them apart', () => {
    const { difficulty, regulariser } = regulariserFrom(reference())!;
    const alike = always(20, (i) => 300 + (i % 7));
    expect(lengthControlled({ ...alike, difficulty }, null)).toBeNull();
    const heavy = { ...regulariser, weights: regulariser.weights.map(() => 10) };
    expect(lengthControlled({ ...alike, difficulty }, heavy)).not.toBeNull();
  });

  it('what is shown covers the truth', () => {
    const random = seededRandom(11);
    let [shown, covered] = [0, 0];
    for (let draw = 0; draw < 300; draw++) {
      const baseline_length = Float64Array.from({ length: 100 }, () => 1_000);
      const length = baseline_length.map((value) => value + 200 + 350 * (random() - 0.5));
      const preference = length.map((value) => Number(random() < 1 / (1 + Math.exp(-0.6 * Math.tanh((value - 1_000) / 100)))));
      const found = lengthControlled({ preference, length, baseline_length, difficulty: null }, null);
      if (found === null) continue;
      shown += 1;
      covered += Number(Math.abs(found.win_rate - 50) < 1.96 * found.standard_error!);
    }
    expect(shown).toBeGreaterThan(60);
    expect(covered / shown).toBeGreaterThan(0.9);
  });
});

describe('a reference file for the length control', () => {
  it('becomes difficulties and rows with a weight', () => {
    const { difficulty, regulariser } = regulariserFrom(reference())!;
    expect([...difficulty]).toEqual([...rows().difficulty.slice(0, 20)]);
    expect(regulariser.features).toHaveLength(3 * 40);
    expect([...regulariser.features.slice(0, 3)]).toEqual([tanhs(rows())[0]! * 0.5, rows().difficulty[0], 0]);
    expect(regulariser.targets[20]).toBeCloseTo(1 / (1 + Math.exp(-1.5 * tanhs(rows())[0]! - 0.7 * rows().difficulty[0]!)), 12);
    expect(new Set(regulariser.weights)).toEqual(new Set([0.1]));
  });

  const { instruction_difficulty, gamed } = reference();
  it.each([
    ['no object', 'text'],
    ['nothing', null],
    ['a list', []],
    ['no difficulties', { gamed }],
    ['none of them', { instruction_difficulty: [], gamed: { ...gamed, tanh_std_delta_len: [] } }],
    ['a difficulty that is no number', { instruction_difficulty: [...instruction_difficulty.slice(1), '1'], gamed }],
    ['no gamed baselines', { instruction_difficulty }],
    ['a baseline with another number of instructions', { instruction_difficulty: instruction_difficulty.slice(1), gamed }],
    ['a length that is no number', { instruction_difficulty, gamed: { ...gamed, tanh_std_delta_len: [Array(20).fill(null)] } }],
    ['no label model', { instruction_difficulty, gamed: { ...gamed, label_model: null } }],
    ['half a label model', { instruction_difficulty, gamed: { ...gamed, label_model: { tanh: 1 } } }],
    ['a weight below 0', { instruction_difficulty, gamed: { ...gamed, weight_per_row: -1 } }],
  ])('is refused: %s', (_, value) => {
    expect(regulariserFrom(value)).toBeNull();
  });
});
