import { chanceOf, normal } from './chance.js';
import type { Behaviour } from './items.js';

/** What is asked of a simulated contestant. */
export interface Questioned {
  model: string;
  question: string;
  seed: number;
}

const ARITHMETIC = /(-?\d{1,9})\s*([+*×−-])\s*(-?\d{1,9})/;

/** A wrong result is off by no more. */
const MOST_OFF = 9;

/** Spread of the logarithm of a text's length. */
const LENGTH_SPREAD = 0.3;

const WORDS = 'simulated words that say nothing about the question and only take up their room'.split(' ');

const QUALITY = /\[simulated, quality (-?\d+\.\d+)\]/;

/** The sum, difference or product that the question asks for, right with the probability `right`; null where it asks for none. */
export function solve({ model, question, seed }: Questioned, { right }: Pick<Behaviour, 'right'>): string | null {
  const [, left = '', sign = '', other = ''] = ARITHMETIC.exec(question) ?? [];
  if (sign === '') return null;
  const result = calculate(BigInt(left), sign, BigInt(other));
  const random = chanceOf(seed, model, question);
  const isRight = random() < (right ?? 1);
  const off = BigInt(1 + Math.floor(random() * MOST_OFF)) * (random() < 0.5 ? 1n : -1n);
  return `${left} ${sign} ${other} = ${isRight ? result : result + off}`;
}

function calculate(a: bigint, sign: string, b: bigint): bigint {
  if (sign === '+') return a + b;
  return sign === '*' || sign === '×' ? a * b : a - b;
}

/** A text with a mark of its quality, which is normal around `skill`; its length is log-normal with `words` as its mean. */
export function talk({ model, question, seed }: Questioned, { skill, words }: Pick<Behaviour, 'skill' | 'words'>): string {
  const random = chanceOf(seed, model, question);
  const quality = (skill ?? 0) + normal(random);
  const count = Math.max(1, Math.round((words ?? WORDS.length) * Math.exp(LENGTH_SPREAD * normal(random) - LENGTH_SPREAD ** 2 / 2)));
  const text = Array.from({ length: count }, (_, i) => WORDS[i % WORDS.length]).join(' ');
  return `[simulated, quality ${quality.toFixed(3)}] ${text}`;
}

/** The quality that a text is marked with; one without a mark is of quality 0. */
export function qualityOf(text: string): number {
  return Number(QUALITY.exec(text)?.[1] ?? 0);
}
