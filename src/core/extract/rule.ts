/** The kinds of canonical answers that can be taken out of a text and compared. */
export const EXTRACTORS = ['number', 'choice', 'yes_no', 'json', 'short'] as const;
export type ExtractorName = (typeof EXTRACTORS)[number];

/** Which one: `auto` decides by the question; a pattern is a regular expression of the user's, its first group the answer. */
export type ExtractRule = 'auto' | ExtractorName | { pattern: string };
