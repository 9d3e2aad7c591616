import { spawnSync } from 'node:child_process';

/** True where this process may have mounts of its own, as root on Linux. */
export const CAN_MOUNT = process.platform === 'linux' && spawnSync('unshare', ['-m', 'true']).status === 0;

/** For `within`: shell commands that change what the program alone sees of the disk. */
export function mounted(commands: string): string {
  return `exec unshare -m /bin/sh -c '${commands}; exec "$0" "$@"' "$0" "$@"`;
}
