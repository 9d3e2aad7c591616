import { closest, distance } from 'fastest-levenshtein';

/** The name that was probably meant; null when none is near. */
export function nearestName(name: string, names: readonly string[]): string | null {
  if (names.length === 0) return null;
  const nearest = closest(name, names as string[]);
  return distance(name, nearest) <= Math.max(2, Math.floor(name.length / 3)) ? nearest : null;
}

/** A hint for a name that is not there: the nearest one, and what there is. */
export function nameHint(name: string, names: readonly string[]): string {
  const nearest = nearestName(name, names);
  return `${nearest ? `did you mean '${nearest}'? ` : ''}there ${names.length === 1 ? 'is' : 'are'}: ${names.join(', ')}`;
}
