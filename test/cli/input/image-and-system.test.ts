import { mkdtempSync, rmSync, truncateSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { readAt } from './context.js';

let dir: string;
beforeAll(() => {
  dir = mkdtempSync(join(tmpdir(), 'mom-images-'));
});
afterAll(() => rmSync(dir, { recursive: true, force: true }));

const IMAGES = {
  'image/png': Buffer.from('\x89PNG\r\n\x1a\nrest', 'latin1'),
  'image/jpeg': Buffer.from('\xff\xd8\xff\xe0rest', 'latin1'),
  'image/gif': Buffer.from('GIF89arest'),
  'image/webp': Buffer.from('RIFF\x10\n\x00\x00WEBPVP8 ', 'latin1'),
};

describe('-a', () => {
  it('adds images after the text, typed by their bytes', async () => {
    const attachments = Object.entries(IMAGES).map(([type, bytes]) => {
      const name = `${type.slice(6)}.dat`;
      writeFileSync(join(dir, name), bytes);
      return name;
    });
    const input = await readAt(dir, { attachments });
    expect(input.messages).toEqual([
      {
        role: 'user',
        content: [
          { type: 'text', text: 'go' },
          ...Object.entries(IMAGES).map(([type, bytes]) => ({
            type: 'image_url',
            image_url: { url: `data:${type};base64,${bytes.toString('base64')}` },
          })),
        ],
      },
    ]);
  });

  it('refuses what is no image, whatever its name', async () => {
    writeFileSync(join(dir, 'x.png'), 'text');
    await expect(readAt(dir, { attachments: ['x.png'] })).rejects.toMatchObject({
      code: 'input_invalid',
      message: 'x.png is not an image that can be attached',
      hint: '-a takes PNG, JPEG, WebP and GIF; text goes with -f',
    });
  });

  it('refuses more than 20 MiB, a missing file and a URL', async () => {
    writeFileSync(join(dir, 'huge.png'), IMAGES['image/png']);
    truncateSync(join(dir, 'huge.png'), 20 * 1024 * 1024 + 1);
    await expect(readAt(dir, { attachments: ['huge.png'] })).rejects.toMatchObject({
      code: 'input_too_large',
      message: 'huge.png is too large: more than 20 MiB',
    });
    await expect(readAt(dir, { attachments: ['no.png'] })).rejects.toMatchObject({
      code: 'no_input',
      message: 'no.png could not be read: there is no such file',
    });
    await expect(readAt(dir, { attachments: ['https://user:pw@host/x.png'] })).rejects.toMatchObject({
      code: 'usage',
      message: '-a takes image files, not URLs',
    });
  });
});

describe('--system', () => {
  const systemOf = async (system: string) => {
    const { messages } = await readAt(dir, { system }, { HOME: dir });
    return messages.length === 2 ? messages[0] : null;
  };

  it('comes first, as text, from a file, or escaped', async () => {
    writeFileSync(join(dir, 'sys.md'), 'be brief\n');
    expect(await systemOf('be kind')).toEqual({ role: 'system', content: 'be kind' });
    expect(await systemOf('@sys.md')).toEqual({ role: 'system', content: 'be brief\n' });
    expect(await systemOf('@~/sys.md')).toEqual({ role: 'system', content: 'be brief\n' });
    expect(await systemOf('@@handle')).toEqual({ role: 'system', content: '@handle' });
    expect(await systemOf(' ')).toBeNull();
  });

  it('names the file that is missing, and asks for one', async () => {
    await expect(readAt(dir, { system: '@none.md' })).rejects.toMatchObject({
      code: 'no_input',
      message: 'the system text none.md could not be read: there is no such file',
    });
    await expect(readAt(dir, { system: '@' })).rejects.toMatchObject({ code: 'usage', message: '--system @ names no file' });
  });
});

describe('arguments', () => {
  it('are joined by a blank', async () => {
    expect((await readAt(dir, { prompt: ['what', 'is  this'] })).messages).toEqual([{ role: 'user', content: 'what is  this' }]);
  });

  it('of blanks are no question', async () => {
    await expect(readAt(dir, { prompt: [' '] })).rejects.toMatchObject({ code: 'usage', message: 'no question was given' });
  });
});
