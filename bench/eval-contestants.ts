/** One row of the table: a mixture of the configuration, run by one strategy. */
export interface Contestant {
  label: string;
  mixture: string;
  /** @default the mixture's own */
  strategy?: string;
  /** Label of the contestant that this one must give the same answers as: a hostile proposer was added. */
  sameAs?: string;
}

/** The strongest model alone, against which everything is measured. */
export const STRONGEST = { label: 'gpt-4 alone', mixture: 'gpt-4', model: 'recorded/gpt-4-1106-preview' } as const;

export const CONTESTANTS: readonly Contestant[] = [
  STRONGEST,
  ...['Mixtral', 'GPT-3-175B verified', 'GPT-3-6B verified', 'GPT-3-175B fine-tuned', 'GPT-3-6B fine-tuned'].map((mixture) => ({
    label: `${mixture} alone`,
    mixture,
  })),
  ...['fuse', 'self', 'vote', 'select', 'deep', 'auto'].map((strategy) => ({ label: `${strategy} of three`, mixture: 'three', strategy })),
  { label: 'vote of six', mixture: 'six', strategy: 'vote' },
  { label: 'cascade', mixture: 'cheap-first', strategy: 'cascade' },
  { label: 'cascade, one family first', mixture: 'one-family-first', strategy: 'cascade' },
  { label: 'cascade, its family rule off', mixture: 'one-family-taken-for-two', strategy: 'cascade' },
  { label: 'vote, a hostile fourth', mixture: 'three-plus-hostile', strategy: 'vote', sameAs: 'vote of three' },
  { label: 'select, a hostile fourth', mixture: 'three-plus-hostile', strategy: 'select', sameAs: 'select of three' },
  { label: 'cascade, a hostile third', mixture: 'cheap-first-plus-hostile', strategy: 'cascade', sameAs: 'cascade' },
];
