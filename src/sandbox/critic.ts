import { extractNumber } from '../core/extract/number.js';
import { isTampered } from '../core/extract/tampered.js';
import type { Candidate } from './candidates.js';

/**
 * The plain deterministic critic: the longest candidate of those whose final number most families share. One letter
 * has one vote, none when its samples are evenly split; where there is only one letter, its samples vote. Where no two
 * agree: the longest of the candidates that have a final number, of all when none has. What was made to harm its
 * reader counts only where there is nothing else.
 */
export function chooseCandidate(candidates: readonly Candidate[]): Candidate {
  const sound = candidates.filter(({ text }) => !isTampered(text));
  const answers = (sound.length > 0 ? sound : candidates).map((candidate) => ({ candidate, number: extractNumber(candidate.text) }));
  const families = new Map<string, string[]>();
  for (const { candidate, number } of answers) {
    if (number === null) continue;
    const letter = candidate.label.replace(/\d+$/, '');
    families.set(letter, [...(families.get(letter) ?? []), number]);
  }
  const ballots = [...families.values()];
  const votes = countOf(ballots.length === 1 ? ballots.flat() : ballots.flatMap(familyVote));
  const most = Math.max(0, ...votes.values());
  const numbered = answers.filter(({ number }) => number !== null);
  const agreeing = most < 2 ? [] : numbered.filter(({ number }) => number !== null && votes.get(number) === most);
  const [winners = answers] = [agreeing, numbered].filter((group) => group.length > 0);
  return first(winners.map(({ candidate }) => candidate));
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

/** The longest; of equally long ones the first by code units, then by label, so that the order of the candidates does not matter. */
function first(candidates: readonly Candidate[]): Candidate {
  return candidates.reduce((best, candidate) => (isBefore(candidate, best) ? candidate : best));
}

function isBefore(a: Candidate, b: Candidate): boolean {
  if (a.text.length !== b.text.length) return a.text.length > b.text.length;
  return a.text === b.text ? a.label < b.label : a.text < b.text;
}
