/** The id of a run or an evaluation: `20260102-030405-9f8e7d`, UTC date, time, and six random hex digits. */
export function stampedId(now: Date): string {
  const stamp = now.toISOString().replace(/[-:]/g, '').replace('T', '-').slice(0, 15);
  const suffix = Math.floor(Math.random() * 2 ** 24);
  return `${stamp}-${suffix.toString(16).padStart(6, '0')}`;
}
