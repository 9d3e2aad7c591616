import { readFileSync } from 'node:fs';
import { HOOK, runWell, usageFileOf } from '../process.mjs';

/** Runs mom on a terminal of its own, which shows nothing but its stdout. As `runWell`; `used` is always measured. */
export async function onTerminal(node, args, room, options) {
  const words = [node, '--require', HOOK, ...args].map((word) => `'${word.replaceAll("'", "'\\''")}'`);
  const env = { ...room.env, TERM: 'xterm-256color', SHELL: '/bin/sh' };
  const line = `stty cols 100 rows 40; exec ${words.join(' ')} 2>/dev/null`;
  const result = await runWell('script', ['-qec', line, '/dev/null'], { ...room, env }, options);
  return { ...result, used: JSON.parse(readFileSync(usageFileOf(room), 'utf8')) };
}
