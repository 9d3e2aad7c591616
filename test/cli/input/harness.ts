import { createHash } from 'node:crypto';
import { readInput } from '../../../src/cli/input/index.js';
import type { InputOptions } from '../../../src/cli/input/types.js';
import { isMomError } from '../../../src/core/error.js';

/** Reads input in a process of its own with a real standard input, and prints one JSON line about it. */
async function main(): Promise<void> {
  const options: InputOptions = { prompt: [], files: [], attachments: [], stdin: 'auto', ...JSON.parse(process.env.OPTIONS ?? '{}') };
  const notices: string[] = [];
  const started = performance.now();
  const controller = new AbortController();
  if (process.env.ABORT_MS) setTimeout(() => controller.abort(), Number(process.env.ABORT_MS)).unref();
  const context = {
    get stdin() {
      return process.stdin;
    },
    stdinFd: 0,
    cwd: process.cwd(),
    env: process.env,
    signal: controller.signal,
    notice: (text: string) => notices.push(text),
  };
  const before = process.memoryUsage().rss;
  const result = await readInput(options, context).then(
    (input) => {
      const content = input.messages.at(-1)?.content;
      const text = typeof content === 'string' ? content : '';
      const hash = createHash('sha256').update(text).digest('hex');
      return { hash, length: text.length, head: text.slice(0, 300), warnings: input.warnings };
    },
    (error: unknown) =>
      isMomError(error) ? { error: { code: error.code, message: error.message, hint: error.hint } } : { bug: String(error) },
  );
  const ms = Math.round(performance.now() - started);
  process.stdout.write(`${JSON.stringify({ ...result, notices, ms, grown: process.memoryUsage().rss - before })}\n`);
}

main();
