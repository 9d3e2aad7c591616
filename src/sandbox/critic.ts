import { extractNumber } from '../core/extract/number.js';
import type { Candidate } from './candidates.js';

/**
 * The plain deterministic critic: the longest candidate of those whose final number most families share. One letter
 * has one vote, none when its samples are evenly split; a candidate without a number has none. Where no two families agree: the longest candidate of all.
 */
export function chooseCandidate(candidates: readonly Candidate[]): string {
  const answers = candidates.map((candidate) => ({ ...candidate, number: extractNumber(candidate.text) }));
  const families = new Map<string, string[]>();
  for (const { label, number } of answers) {
    if (number === null) continue;
    const letter = label.replace(/\d+$/, '');
    families.set(letter, [...(families.get(letter) ?? []), number]);
  }
  const votes = countOf([...families.values()].flatMap(familyVote));
  const most = Math.max(0, ...votes.values());
  const winners = most < 2 ? answers : answers.filter(({ number }) => number !== null && votes.get(number) === most);
  return longest(winners.map(({ text }) => text));
}

/** What most samples of a family say; nothing when two answers are level. */
function familyVote(numbers: string[]): string[] {
  const counts = countOf(numbers);
  const most = Math.max(...counts.values());
  const leaders = [...counts.keys()].filter((number) => counts.get(number) === most);
  return leaders.length === 1 ? leaders : [];
}

function countOf(values: readonly string[]): Map<string, number> {
  const counts = new Map<string, number>();
  for (const value of values) counts.set(value, (counts.get(value) ?? 0) + 1);
  return counts;
}

/** Of equally long texts the first by code units, so that the order of the candidates does not matter. */
function longest(texts: readonly string[]): string {
  return texts.reduce((best, text) => (text.length > best.length || (text.length === best.length && text < best) ? text : best));
}
