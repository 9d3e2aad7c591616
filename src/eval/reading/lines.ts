import { isUtf8 } from 'node:buffer';
import { createReadStream } from 'node:fs';
import { open } from 'node:fs/promises';
import type { Readable } from 'node:stream';
import { isMomError, reasonOf } from '../../core/error.js';
import { invalid, unreadable } from './trouble.js';

/** Bytes of one line at most: a conversation with some images in it is shorter. */
const MAX_LINE = 32 * 1024 * 1024;

const NEWLINE = 0x0a;
const BYTE_ORDER_MARK = '\uFEFF';

export interface Line {
  /** From 1. */
  number: number;
  text: string;
}

/**
 * The lines of a file that are not blank, one after the other: however long the file is, little of it is in memory. A file
 * whose name ends in `.gz`, or that begins like one, is unpacked.
 * @throws MomError `no_input` where it can't be read, `input_invalid` for what is not UTF-8, not gzipped, or too long for a line
 */
export async function* readLines(path: string): AsyncGenerator<Line> {
  let number = 0;
  for await (const bytes of splitLines(path)) {
    number += 1;
    const where = `${path}, line ${number}`;
    if (!isUtf8(bytes)) throw invalid(where, 'not UTF-8 text', 'convert it to UTF-8 first, for example: iconv -f LATIN1 -t UTF-8');
    if (bytes.includes(0)) throw invalid(where, 'binary data, not text', 'name a file of JSON Lines or text');
    const text = bytes.toString('utf8');
    const clean = number === 1 && text.startsWith(BYTE_ORDER_MARK) ? text.slice(1) : text;
    if (clean.trim() !== '') yield { number, text: clean };
  }
}

/** The bytes of each line without its newline. */
async function* splitLines(path: string): AsyncGenerator<Buffer> {
  let rest: Buffer[] = [];
  let size = 0;
  let line = 1;
  for await (const chunk of chunksOf(path)) {
    let start = 0;
    for (let end = chunk.indexOf(NEWLINE); end !== -1; end = chunk.indexOf(NEWLINE, start)) {
      const last = chunk.subarray(start, end);
      if (size + last.length > MAX_LINE) throw tooLong(path, line);
      yield rest.length === 0 ? last : Buffer.concat([...rest, last]);
      [rest, size, start] = [[], 0, end + 1];
      line += 1;
    }
    rest.push(chunk.subarray(start));
    size += chunk.length - start;
    if (size > MAX_LINE) throw tooLong(path, line);
  }
  if (size > 0) yield Buffer.concat(rest);
}

function tooLong(path: string, line: number): Error {
  return invalid(`${path}, line ${line}`, `longer than ${MAX_LINE / 1024 / 1024} MiB`, 'put one record on each line');
}

async function* chunksOf(path: string): AsyncGenerator<Buffer> {
  const packed = path.endsWith('.gz') || (await beginsGzipped(path));
  const stream = packed ? await unpacked(path) : createReadStream(path);
  try {
    for await (const chunk of stream) yield chunk as Buffer;
  } catch (error) {
    if (isMomError(error)) throw error;
    const isUnpacking = error instanceof Error && 'code' in error && String(error.code).startsWith('Z_');
    throw isUnpacking
      ? invalid(path, `can't be unpacked: ${reasonOf(error)}`, 'a file that ends with .gz must be gzipped')
      : unreadable(path, error);
  }
}

async function beginsGzipped(path: string): Promise<boolean> {
  try {
    const file = await open(path);
    try {
      const { bytesRead, buffer } = await file.read(Buffer.alloc(2), 0, 2, 0);
      return bytesRead === 2 && buffer[0] === 0x1f && buffer[1] === 0x8b;
    } finally {
      await file.close();
    }
  } catch (error) {
    // A pipe can be read once and from its start only.
    if (error instanceof Error && 'code' in error && error.code === 'ESPIPE') return false;
    throw unreadable(path, error);
  }
}

async function unpacked(path: string): Promise<Readable> {
  const { createGunzip } = await import('node:zlib');
  const source = createReadStream(path);
  const gunzip = createGunzip();
  source.on('error', (error) => gunzip.destroy(error));
  gunzip.on('close', () => source.destroy());
  return source.pipe(gunzip);
}
