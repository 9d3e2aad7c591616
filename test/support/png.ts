import { inflateSync } from 'node:zlib';

export interface Picture {
  width: number;
  height: number;
  /** Red, green and blue as `#rrggbb`. */
  at(x: number, y: number): string;
  /** How many there are. */
  colours: number;
}

const SIGNATURE = '89504e470d0a1a0a';

/** Reads a PNG of 8 bits a channel, with or without transparency, not interlaced. @throws Error for anything else */
export function readPng(bytes: Buffer): Picture {
  if (bytes.subarray(0, 8).toString('hex') !== SIGNATURE) throw new Error('this is no PNG');
  const chunks = [...chunksOf(bytes)];
  const head = chunks.find(({ type }) => type === 'IHDR')?.data;
  if (!head) throw new Error('this PNG has no header');
  const [width, height, depth, kind, interlaced] = [head.readUInt32BE(0), head.readUInt32BE(4), head[8], head[9], head[12]];
  if (depth !== 8 || (kind !== 2 && kind !== 6) || interlaced !== 0) throw new Error(`a PNG of another kind: ${depth} bits, kind ${kind}`);
  const size = kind === 2 ? 3 : 4;
  const data = inflateSync(Buffer.concat(chunks.flatMap((chunk) => (chunk.type === 'IDAT' ? [chunk.data] : []))));
  const pixels = unfiltered(data, width * size, height, size);
  const at = (x: number, y: number) => `#${pixels.subarray((y * width + x) * size, (y * width + x) * size + 3).toString('hex')}`;
  const seen = new Set<number>();
  for (let place = 0; place < pixels.length; place += size) seen.add(pixels.readUIntBE(place, 3));
  return { width, height, at, colours: seen.size };
}

function* chunksOf(bytes: Buffer): Generator<{ type: string; data: Buffer }> {
  for (let place = 8; place < bytes.length; ) {
    const length = bytes.readUInt32BE(place);
    yield { type: bytes.toString('latin1', place + 4, place + 8), data: bytes.subarray(place + 8, place + 8 + length) };
    place += length + 12;
  }
}

/** Every row begins with the name of its filter, by which a byte is told from the ones left of it and above. */
function unfiltered(data: Buffer, row: number, rows: number, size: number): Buffer {
  const out = Buffer.alloc(row * rows);
  for (let y = 0; y < rows; y++) {
    const filter = data[y * (row + 1)];
    for (let x = 0; x < row; x++) {
      const left = x < size ? 0 : (out[y * row + x - size] ?? 0);
      const up = y === 0 ? 0 : (out[(y - 1) * row + x] ?? 0);
      const corner = x < size || y === 0 ? 0 : (out[(y - 1) * row + x - size] ?? 0);
      const guess = [0, left, up, (left + up) >> 1, paeth(left, up, corner)][filter ?? 0] ?? 0;
      out[y * row + x] = ((data[y * (row + 1) + 1 + x] ?? 0) + guess) & 0xff;
    }
  }
  return out;
}

function paeth(left: number, up: number, corner: number): number {
  const guess = left + up - corner;
  const [toLeft, toUp, toCorner] = [Math.abs(guess - left), Math.abs(guess - up), Math.abs(guess - corner)];
  if (toLeft <= toUp && toLeft <= toCorner) return left;
  return toUp <= toCorner ? up : corner;
}
