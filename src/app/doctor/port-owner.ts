import { readdirSync, readFileSync, readlinkSync } from 'node:fs';
import { basename } from 'node:path';

/** The state of a socket that waits for connections, in /proc/net/tcp. */
const LISTENS = '0A';

/**
 * Who listens on a port of this machine, in a few words; null where the system does not tell. Only the name of the
 * program is told: arguments may hold secrets.
 */
export function portOwner(port: number): string | null {
  const sockets = new Set(['/proc/net/tcp', '/proc/net/tcp6'].flatMap((table) => listeners(table, port)));
  if (sockets.size === 0) return null;
  const pid = entries('/proc').find((name) => /^\d+$/.test(name) && holds(name, sockets));
  return pid === undefined ? null : `${programOf(pid)} (process ${pid})`;
}

/** The inodes of sockets that listen on the port. */
function listeners(table: string, port: number): string[] {
  const hex = port.toString(16).toUpperCase().padStart(4, '0');
  return textOf(table)
    .split('\n')
    .flatMap((line) => {
      const [, local = '', , state, , , , , , inode] = line.trim().split(/\s+/);
      return state === LISTENS && local.endsWith(`:${hex}`) && inode !== undefined ? [inode] : [];
    });
}

function holds(pid: string, sockets: ReadonlySet<string>): boolean {
  return entries(`/proc/${pid}/fd`).some((fd) => {
    const target = linkOf(`/proc/${pid}/fd/${fd}`);
    return target.startsWith('socket:[') && sockets.has(target.slice('socket:['.length, -1));
  });
}

function programOf(pid: string): string {
  const words = textOf(`/proc/${pid}/cmdline`).split('\0');
  const isMom = words.slice(0, 4).some((word) => /^mom(\.js)?$/.test(basename(word))) && words.includes('serve');
  return isMom ? 'mom serve' : textOf(`/proc/${pid}/comm`).trim() || 'a program';
}

/** Processes of other users, and those that have just ended, tell nothing. */
function entries(folder: string): string[] {
  try {
    return readdirSync(folder);
  } catch {
    return [];
  }
}

function textOf(file: string): string {
  try {
    return readFileSync(file, 'utf8');
  } catch {
    return '';
  }
}

function linkOf(path: string): string {
  try {
    return readlinkSync(path);
  } catch {
    return '';
  }
}
