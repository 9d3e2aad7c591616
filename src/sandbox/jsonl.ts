import { readFileSync } from 'node:fs';
import { MomError } from '../core/error.js';

/**
 * The values of a JSON Lines file with their line numbers (from 1), blank lines left out; `.gz` is unpacked.
 * @param what what the file is, for messages
 * @throws MomError `no_input` when the file can't be read, `input_invalid` with the line number for broken lines
 */
export async function readLines(file: string, what: string): Promise<{ line: number; value: unknown }[]> {
  const text = await readText(file, what);
  const values: { line: number; value: unknown }[] = [];
  for (const [index, line] of text.split('\n').entries()) {
    if (line.trim() === '') continue;
    try {
      values.push({ line: index + 1, value: JSON.parse(line) as unknown });
    } catch (error) {
      throw new MomError('input_invalid', `${what} ${file}, line ${index + 1}: not valid JSON`, {
        hint: 'a file of JSON Lines holds one JSON object on each line',
        cause: error,
      });
    }
  }
  if (values.length > 0) return values;
  throw new MomError('input_invalid', `${what} ${file} is empty`, { hint: 'name a file of JSON Lines that holds at least one line' });
}

async function readText(file: string, what: string): Promise<string> {
  let bytes: Buffer;
  try {
    bytes = readFileSync(file);
  } catch (error) {
    const reason = (error as NodeJS.ErrnoException).code === 'ENOENT' ? 'there is no such file' : (error as Error).message;
    throw new MomError('no_input', `${what} ${file} can't be read: ${reason}`, { hint: 'check the path', cause: error });
  }
  if (!file.endsWith('.gz')) return bytes.toString('utf8');
  const { gunzipSync } = await import('node:zlib');
  try {
    return gunzipSync(bytes).toString('utf8');
  } catch (error) {
    throw new MomError('input_invalid', `${what} ${file} can't be unpacked: ${(error as Error).message}`, {
      hint: 'a file whose name ends with .gz must be gzipped',
      cause: error,
    });
  }
}
