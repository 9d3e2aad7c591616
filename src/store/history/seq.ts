/** Numbers of a run for each millisecond in which one can start; with as many, they are exact until the year 2248. */
export const SEQ_PER_MS = 1024;

/** The number of the first run that can start at this time. */
export function firstSeq(time: Date): number {
  return time.getTime() * SEQ_PER_MS;
}
