import { readFileSync } from 'node:fs';
import { dirname } from 'node:path';
import { runCommand } from './run-command.js';

/** Makes of a command one that can write in the root of its place only. */
export type Confine = (command: Command, place: Place) => Command;

export interface Command {
  program: string;
  args: readonly string[];
}

export interface Place {
  root: string;
  /** In the root. */
  cwd: string;
}

/** Milliseconds for the question whether a way works here. */
const PROBE_TIME = 10_000;

/**
 * Finds a way to run commands with everything read-only but one folder, other processes out of sight and the folders in
 * `hidden` empty: bubblewrap, or namespaces of the user's own. Null where neither works, as on macOS.
 */
export async function findConfinement(root: string, hidden: readonly string[]): Promise<Confine | null> {
  if (process.platform !== 'linux') return null;
  for (const confine of [withBubblewrap(hidden), withNamespaces(hidden)]) if (await works(confine, root)) return confine;
  return null;
}

/** Writes into its place; not outside of it, nor after an attempt to take the confinement off. */
const PROBE =
  'echo x > probe || exit 1; mount -o remount,bind,rw / 2>/dev/null; mount -o remount,rw / 2>/dev/null; ! true 2>/dev/null > "$1/.mom-probe"';

async function works(confine: Confine, root: string): Promise<boolean> {
  const probe = confine({ program: '/bin/sh', args: ['-c', PROBE, 'sh', dirname(root)] }, { root, cwd: root });
  const { status } = await runCommand({ ...probe, cwd: root, env: { PATH: process.env.PATH ?? '' }, limit: PROBE_TIME });
  return status === 0;
}

/** https://github.com/containers/bubblewrap */
function withBubblewrap(hidden: readonly string[]): Confine {
  return ({ program, args }, { root, cwd }) => ({
    program: 'bwrap',
    args: [
      ...['--ro-bind', '/', '/', '--dev', '/dev', '--proc', '/proc'],
      ...hidden.flatMap((folder) => ['--tmpfs', folder]),
      ...['--bind', root, root, '--chdir', cwd, '--unshare-user', '--unshare-pid', '--unshare-ipc', '--cap-drop', 'ALL'],
      ...['--die-with-parent', '--new-session', '--', program, ...args],
    ],
  });
}

/** unshare(1), mount(8) and setpriv(1) of util-linux. */
function withNamespaces(hidden: readonly string[]): Confine {
  return ({ program, args }, { root, cwd }) => {
    const steps = [
      'set -e',
      'mount --make-rprivate /',
      'mount --bind "$0" "$0"',
      ...hidden.map((folder) => `mount -t tmpfs none ${quoted(folder)}`),
      ...readOnlySteps(),
      // The folder it stands in still is that of the mount below.
      'cd "$1"',
      'shift',
      // Who may mount could take all of this back.
      'exec setpriv --no-new-privs --inh-caps=-all --bounding-set=-all -- "$@"',
    ];
    return {
      program: 'unshare',
      args: [
        ...['--user', '--map-root-user', '--mount', '--pid', '--fork', '--kill-child', '--mount-proc'],
        ...['/bin/sh', '-c', steps.join('\n'), root, cwd, program, ...args],
      ],
    };
  };
}

/** Kinds of mounts through which no file of the machine can be changed. */
const HARMLESS = new Set(['proc', 'sysfs', 'devpts', 'mqueue', 'cgroup', 'cgroup2', 'devtmpfs']);

/** Each mount of the machine made read-only, with the flags that it has and that can't be taken away. */
function readOnlySteps(): string[] {
  return mounts()
    .filter(({ kind, options }) => !HARMLESS.has(kind) && !options.includes('ro'))
    .map(({ target, options }) => {
      const kept = options.filter((option) => /^(?:nosuid|nodev|noexec|noatime|nodiratime|relatime)$/.test(option));
      return `mount -o ${['remount', 'bind', 'ro', ...kept].join(',')} ${quoted(target)}`;
    });
}

/** From `/proc/self/mountinfo`: see proc_pid_mountinfo(5). */
function mounts(): { target: string; kind: string; options: string[] }[] {
  return readFileSync('/proc/self/mountinfo', 'utf8')
    .split('\n')
    .filter((line) => line !== '')
    .map((line) => {
      const [own = '', rest = ''] = line.split(' - ');
      const fields = own.split(' ');
      return { target: unescaped(fields[4] ?? ''), options: (fields[5] ?? '').split(','), kind: rest.split(' ')[0] ?? '' };
    });
}

/** Spaces and the like stand there as octal numbers. */
function unescaped(path: string): string {
  return path.replace(/\\([0-7]{3})/g, (_, code: string) => String.fromCharCode(Number.parseInt(code, 8)));
}

function quoted(text: string): string {
  return `'${text.replaceAll("'", "'\\''")}'`;
}
