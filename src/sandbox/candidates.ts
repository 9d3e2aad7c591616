/** One candidate of a critic's prompt. */
export interface Candidate {
  /** Such as `A1`: the letter stands for the family. */
  label: string;
  text: string;
}

/** The fenced candidates in a critic's turn and the stretch of text they take up. */
export interface CandidateBlock {
  nonce: string;
  candidates: Candidate[];
}

const CLOSING = /<\/candidate (\S+) (\S+)>/g;
const OPENING = /<candidate (\S+) (\S+)>\n/g;

/**
 * Reads the candidates in a turn; null when there are none. The nonce is that of the last closing mark, so marks that
 * a candidate or the user wrote are text.
 */
export function findCandidates(turn: string): CandidateBlock | null {
  const closings = [...turn.matchAll(CLOSING)];
  const nonce = closings.at(-1)?.[2];
  if (nonce === undefined) return null;
  // Where each label closes last: a turn full of marks that never close is read once, not once for each of them.
  const lastClosing = new Map(closings.filter((closing) => closing[2] === nonce).map((closing) => [closing[1], closing.index]));
  const candidates: Candidate[] = [];
  OPENING.lastIndex = 0;
  for (let open = OPENING.exec(turn); open !== null; open = OPENING.exec(turn)) {
    const label = open[1] ?? '';
    const start = open.index + open[0].length;
    if (open[2] !== nonce || (lastClosing.get(label) ?? -1) < start - 1) continue;
    const end = turn.indexOf(`\n</candidate ${label} ${nonce}>`, start);
    if (end === -1) continue;
    candidates.push({ label, text: turn.slice(start, end) });
    OPENING.lastIndex = end;
  }
  return candidates.length === 0 ? null : { nonce, candidates };
}
