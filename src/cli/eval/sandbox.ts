import { open } from 'node:fs/promises';
import { resolve } from 'node:path';
import { gunzipSync, constants as zlib } from 'node:zlib';
import type { PromptSource } from '../../app/eval/evaluation.js';
import type { SandboxWish } from '../../app/sandbox-place.js';
import type { CliContext } from '../context.js';
import { sandboxWish } from '../sandbox-wish.js';
import type { EvalFlags } from './flags.js';

/** Bytes of a file in which its first line is looked for. */
const LOOKED_AT = 256 * 1024;

/** What `--sandbox` stands in with: a file of prompts that holds answers too is what it answers from. Null without the flag. */
export async function evalSandbox(flags: EvalFlags, source: PromptSource | null, context: CliContext): Promise<SandboxWish | null> {
  const wish = sandboxWish(flags, context);
  if (wish === null) return null;
  const named = (flags.recorded ?? []).map((file) => resolve(context.cwd, file));
  const prompts = source?.from === 'file' && (await isRecording(source.path)) ? [source.path] : [];
  return { ...wish, recorded: [...new Set([...wish.recorded, ...named, ...prompts])] };
}

/** True where the first line is `{question, answers: {...}}`. What can't be read is left to those who read it whole. */
async function isRecording(path: string): Promise<boolean> {
  try {
    const [line = ''] = (await beginning(path)).trimStart().split('\n', 1);
    const row: unknown = JSON.parse(line);
    return typeof row === 'object' && row !== null && 'question' in row && 'answers' in row && typeof row.answers === 'object';
  } catch {
    return false;
  }
}

async function beginning(path: string): Promise<string> {
  const file = await open(path, 'r');
  try {
    const { buffer, bytesRead } = await file.read(Buffer.alloc(LOOKED_AT), 0, LOOKED_AT, 0);
    const bytes = buffer.subarray(0, bytesRead);
    const text = path.endsWith('.gz') ? gunzipSync(bytes, { finishFlush: zlib.Z_SYNC_FLUSH }) : bytes;
    return text.toString('utf8');
  } finally {
    await file.close();
  }
}
