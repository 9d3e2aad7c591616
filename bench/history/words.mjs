/** Words of the made-up texts, the most frequent first; each is as frequent as its place tells, as in a natural language (Zipf). */
const SIZE = 50_000;
const COMMONEST = 'the of and to in is that it for as with on be at by this are or from which'.split(' ');
const CONSONANTS = 'bdfgklmnprstvz';
const VOWELS = 'aeiou';

function made(place) {
  let word = '';
  for (let left = place; left > 0; left = Math.floor(left / 70)) {
    word += CONSONANTS[left % 14] + VOWELS[Math.floor(left / 14) % 5];
  }
  return word.padEnd(3, 'n');
}

const WORDS = Array.from({ length: SIZE }, (_, place) => COMMONEST[place] ?? made(place));

/** Two words that stand in nearly every text, in every twentieth, and together in one of `RARELY`. */
export const FREQUENT = `${WORDS[1]} ${WORDS[2]}`;
export const OCCASIONAL = `${WORDS[300]} ${WORDS[400]}`;
export const RARE = 'heisenbug quarantine';
export const RARELY = 2_000;
/** A frequent word, and a beginning that many words share. */
export const BEGINNING = `${WORDS[1]} ${WORDS[14 * 5 + 1].slice(0, 3)}`;

/** A text of so many words, in sentences and paragraphs. */
export function textOf(chance, words) {
  let text = '';
  for (let i = 0; i < words; i++) {
    const word = WORDS[Math.floor(Math.exp(chance.draw() * Math.log(SIZE)))] ?? WORDS[0];
    text += i % 90 === 89 ? `${word}.\n\n` : i % 13 === 12 ? `${word}. ` : `${word} `;
  }
  return text.trimEnd();
}
