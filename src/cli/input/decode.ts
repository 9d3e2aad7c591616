import { isUtf8 } from 'node:buffer';
import { MomError } from '../../core/error.js';

const UTF8_HINT = 'convert it to UTF-8 first, for example: iconv -f LATIN1 -t UTF-8';

/**
 * The text of `bytes`, to the letter: a byte order mark, carriage returns and trailing newlines stay.
 * @param name what the bytes are, for the error: `standard input`, a path, a URL
 * @throws {MomError} `input_invalid` with the byte offset, for binary data and for what is not UTF-8
 */
export function decodeText(bytes: Buffer, name: string): string {
  const nul = bytes.indexOf(0);
  if (nul === -1 && isUtf8(bytes)) return bytes.toString('utf8');
  if (bytes[0] === 0xff && bytes[1] === 0xfe)
    throw notUtf8(bytes, name, 'it looks like UTF-16; convert it first: iconv -f UTF-16 -t UTF-8');
  if (nul === -1) throw notUtf8(bytes, name, UTF8_HINT);
  throw new MomError('input_invalid', `${name} is binary, not text: a NUL byte at offset ${nul}`, {
    hint: 'send text; images are attached with -a',
  });
}

/** True for what {@link decodeText} refuses. */
export function isBinary(bytes: Buffer): boolean {
  return bytes.includes(0) || !isUtf8(bytes);
}

function notUtf8(bytes: Buffer, name: string, hint: string): MomError {
  const offset = invalidOffset(bytes);
  const byte = (bytes[offset] ?? 0).toString(16).padStart(2, '0');
  return new MomError('input_invalid', `${name} is not UTF-8 text: byte 0x${byte} at offset ${offset}`, { hint });
}

/** The offset of the first character that is not UTF-8; `bytes` must hold one. */
function invalidOffset(bytes: Buffer): number {
  let valid = 0;
  let end = bytes.length;
  // The longest prefix that is UTF-8 but for a character cut at its end.
  while (end - valid > 4) {
    const middle = characterStart(bytes, valid + ((end - valid) >> 1), valid);
    if (middle > valid && isUtf8(bytes.subarray(valid, middle))) valid = middle;
    else if (middle > valid) end = middle;
    else break;
  }
  while (valid < bytes.length) {
    const length = [1, 2, 3, 4].find((n) => valid + n <= bytes.length && isUtf8(bytes.subarray(valid, valid + n)));
    if (length === undefined) return valid;
    valid += length;
  }
  return valid;
}

/** Steps back from `at` over continuation bytes, at most three, not before `floor`. */
function characterStart(bytes: Buffer, at: number, floor: number): number {
  let start = at;
  while (start > floor && at - start < 3 && ((bytes[start] ?? 0) & 0xc0) === 0x80) start--;
  return start;
}
