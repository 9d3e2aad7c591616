import { isSendableKey } from '../../config/keys/key-store.js';
import { MomError } from '../../core/error.js';
import type { CliContext } from '../context.js';

type KeyContext = Pick<CliContext, 'stdin' | 'stderr'>;

/** Bytes of stdin that are read for one key. */
const MAX_INPUT = 64 * 1024;

/**
 * A key, typed unseen on a terminal, else the one line of stdin. What comes back can be sent in a header.
 * @param prompt shown on stderr
 * @throws MomError `no_input` for none, `input_invalid` for what is no key, `cancelled` for Ctrl-C
 */
export async function readKey(prompt: string, { stdin, stderr }: KeyContext): Promise<string> {
  const text = stdin.isTTY ? await typedUnseen(prompt, { stdin, stderr }) : await lineOf(stdin);
  const key = text.trim();
  if (key === '')
    throw new MomError('no_input', 'no key was given', { hint: 'type it, or give it through stdin: mom keys set NAME < FILE' });
  if (isSendableKey(key)) return key;
  throw new MomError('input_invalid', 'what was given is no key: it has spaces, or characters that no header can carry', {
    hint: 'give the key alone, as the provider shows it',
  });
}

async function typedUnseen(prompt: string, { stdin, stderr }: KeyContext): Promise<string> {
  const { read } = await import('read');
  // Ctrl-D closes the reader without a word, and only stdin tells of it.
  const closed = new Promise<string>((resolve) => {
    for (const event of ['pause', 'end']) stdin.once(event, () => setImmediate(resolve, ''));
  });
  try {
    // Also where stderr is no terminal: else the terminal itself would show what is typed.
    return await Promise.race([read({ prompt, silent: true, terminal: true, input: stdin, output: stderr }), closed]);
  } catch (error) {
    throw new MomError('cancelled', 'nothing was kept', { cause: error });
  } finally {
    stderr.write('\n');
  }
}

async function lineOf(stdin: KeyContext['stdin']): Promise<string> {
  const chunks: Buffer[] = [];
  let size = 0;
  for await (const chunk of stdin) {
    size += (chunk as Buffer).length;
    if (size > MAX_INPUT) throw severalLines();
    chunks.push(chunk as Buffer);
  }
  const text = Buffer.concat(chunks).toString('utf8').trim();
  if (/[\r\n]/.test(text)) throw severalLines();
  return text;
}

function severalLines(): MomError {
  return new MomError('input_invalid', 'stdin has more than one line, so it is no key', { hint: 'give the key alone' });
}
