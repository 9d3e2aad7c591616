import { resolve } from 'node:path';
import { MomError } from '../../core/error.js';
import type { ContentPart } from '../../core/message.js';
import { readBytes } from './bytes.js';
import { INPUT_LIMIT, tooLarge } from './limits.js';
import type { InputContext } from './types.js';

/**
 * Image files as parts of a message, in the order given.
 * @throws {MomError} `usage` for a URL, `no_input`, `input_too_large`, `input_invalid` for what is no PNG, JPEG, WebP or GIF
 */
export async function readImages(paths: readonly string[], ctx: InputContext): Promise<ContentPart[]> {
  const parts: ContentPart[] = [];
  for (const path of paths) {
    if (/^https?:\/\//i.test(path))
      throw new MomError('usage', '-a takes image files, not URLs', { hint: 'download the image, then attach the file' });
    const bytes = await readBytes(resolve(ctx.cwd, path), {
      name: path,
      limit: INPUT_LIMIT.image,
      refuse: (name) => tooLarge(name, INPUT_LIMIT.image, 'attach a smaller image'),
      signal: ctx.signal,
    });
    const type = imageType(bytes);
    if (type === null) {
      throw new MomError('input_invalid', `${path} is not an image that can be attached`, {
        hint: '-a takes PNG, JPEG, WebP and GIF; text goes with -f',
      });
    }
    parts.push({ type: 'image_url', image_url: { url: `data:${type};base64,${bytes.toString('base64')}` } });
  }
  return parts;
}

/** By what the bytes say, whatever the name says. */
function imageType(bytes: Buffer): string | null {
  const head = bytes.toString('latin1', 0, 12);
  if (head.startsWith('\x89PNG\r\n\x1a\n')) return 'image/png';
  if (head.startsWith('\xff\xd8\xff')) return 'image/jpeg';
  if (/^GIF8[79]a/.test(head)) return 'image/gif';
  if (/^RIFF.{4}WEBP/s.test(head)) return 'image/webp';
  return null;
}
