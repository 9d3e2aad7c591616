import { spawn } from 'node:child_process';
import { onTestFinished } from 'vitest';
import { MOM, newPlace, type Place } from './cli.js';

export interface TerminalOptions {
  env?: Record<string, string>;
  /** @default 120 */
  columns?: number;
  /** @default a new one, removed when the test is over */
  place?: Place;
}

/** Runs a shell line on a terminal of its own; `$MOM` is the program. What comes back is all that went to the terminal. */
export function onTerminal(
  line: string,
  { env = {}, columns = 120, place = placeOfTest() }: TerminalOptions = {},
): Promise<{ screen: string; status: number | null }> {
  const child = spawn('script', ['-qec', `stty cols ${columns} rows 40; ${line}`, '/dev/null'], {
    cwd: place.cwd,
    env: { ...place.env, MOM: `${process.execPath} ${MOM}`, MOM_API_KEY: 'key-of-the-test', TERM: 'xterm', SHELL: '/bin/sh', ...env },
    stdio: ['pipe', 'pipe', 'inherit'],
  });
  let screen = '';
  child.stdout.setEncoding('utf8').on('data', (chunk: string) => {
    screen += chunk;
  });
  return new Promise((resolve) => child.once('close', (status) => resolve({ screen: screen.replaceAll('\r\n', '\n'), status })));
}

// biome-ignore lint/suspicious/noControlCharactersInRegex: sequences begin with one
const SEQUENCE_OR_CHARACTER = /\u001b\[[?\d;]*[A-Za-z]|[\s\S]/gu;

/** What is left on the screen of all that was drawn: enough of a terminal for one line that is redrawn. */
export function remaining(screen: string): string {
  const lines = [''];
  let column = 0;
  const pieces = screen.replaceAll('\n', '\r\n').match(SEQUENCE_OR_CHARACTER) ?? [];
  for (const piece of pieces) {
    const last = lines.length - 1;
    const line = lines[last] ?? '';
    if (piece === '\n') {
      lines.push('');
      column = 0;
    } else if (piece === '\r' || piece === '\u001b[1G') column = 0;
    else if (['\u001b[K', '\u001b[0K', '\u001b[2K'].includes(piece)) lines[last] = piece === '\u001b[2K' ? '' : line.slice(0, column);
    else if (!piece.startsWith('\u001b')) {
      lines[last] = `${line.slice(0, column)}${piece}${line.slice(column + 1)}`;
      column += 1;
    }
  }
  return lines.join('\n');
}

/** Each sentence that the progress line has said, once, without its spinner and the seconds. */
export function progressOf(screen: string): string[] {
  // biome-ignore lint/suspicious/noControlCharactersInRegex: sequences begin with one
  const lines = screen.replace(/\u001b\[[?\d;]*[A-Za-z]/g, '\n').split(/[\r\n]+/);
  const said = lines.flatMap((line) => /^(?:[\u2800-\u28ff])?(.+) · \d+ s$/.exec(line)?.[1]?.trim() ?? []);
  return [...new Set(said)];
}

function placeOfTest(): Place {
  const place = newPlace();
  onTestFinished(place.remove);
  return place;
}
