import { lstatSync, readdirSync, readFileSync, readlinkSync } from 'node:fs';

/**
 * Who can write into a pipe: a process that is not our ancestor (it will send something, and it will end), only our
 * ancestors (they may hold it open for ever), or nobody can say.
 */
export type PipeHolder = 'producer' | 'ancestors' | 'unknown';

const OWNER_MAY_WRITE = 0o200;

interface ProcessState {
  state: string;
  parent: number;
  group: number;
}

/** Looks through /proc for the processes that have the pipe `fd` open for writing; `unknown` without /proc. */
export function findPipeHolder(fd: number): PipeHolder {
  const pipe = attempt(() => readlinkSync(`/proc/self/fd/${fd}`));
  const own = readState(process.pid);
  if (pipe === null || own === null) return 'unknown';

  const ancestors = new Set<number>();
  for (let pid = own.parent; pid > 0 && !ancestors.has(pid); pid = readState(pid)?.parent ?? 0) ancestors.add(pid);

  let heldByAncestor = false;
  for (const name of readdirSync('/proc')) {
    const pid = Number(name);
    if (!Number.isInteger(pid) || pid === process.pid) continue;
    const holds = holdsForWriting(pid, pipe);
    if (ancestors.has(pid)) heldByAncestor ||= holds === true;
    else if (holds === true || (holds === null && isPipelineNeighbour(pid, own.group))) return 'producer';
  }
  return heldByAncestor ? 'ancestors' : 'unknown';
}

/** Null when the process does not let us look. */
function holdsForWriting(pid: number, pipe: string): boolean | null {
  const folder = `/proc/${pid}/fd`;
  const names = attempt(() => readdirSync(folder));
  if (names === null) return null;
  return names.some((name) => {
    const path = `${folder}/${name}`;
    return attempt(() => readlinkSync(path) === pipe && (lstatSync(path).mode & OWNER_MAY_WRITE) !== 0) === true;
  });
}

/** A live process of our process group that hides its descriptors, such as `sudo` in `sudo cat log | mom`. */
function isPipelineNeighbour(pid: number, group: number): boolean {
  const found = readState(pid);
  return found !== null && found.group === group && found.state !== 'Z' && found.state !== 'X';
}

function readState(pid: number): ProcessState | null {
  const line = attempt(() => readFileSync(`/proc/${pid}/stat`, 'utf8'));
  if (line === null) return null;
  // The command's name stands in brackets and may hold anything, brackets and blanks too.
  const [state = '', parent, group] = line.slice(line.lastIndexOf(')') + 2).split(' ');
  return { state, parent: Number(parent), group: Number(group) };
}

/** Null when it fails: processes end and hide while we look, and that is no error. */
function attempt<T>(look: () => T): T | null {
  try {
    return look();
  } catch {
    return null;
  }
}
