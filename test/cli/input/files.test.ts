import { spawn, spawnSync } from 'node:child_process';
import { mkdirSync, mkdtempSync, rmSync, symlinkSync, truncateSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { readAt, userText } from './context.js';

let dir: string;
beforeEach(() => {
  dir = mkdtempSync(join(tmpdir(), 'mom-files-'));
});
afterEach(() => rmSync(dir, { recursive: true, force: true }));

function put(files: Record<string, string | Buffer>): void {
  for (const [path, content] of Object.entries(files)) {
    mkdirSync(dirname(join(dir, path)), { recursive: true });
    writeFileSync(join(dir, path), content);
  }
}

const block = (path: string, text: string) => `<file path="${path}">\n${text}\n</file>`;

describe('-f with a file', () => {
  it('puts it in a fence after the instruction, in the order named and once', async () => {
    put({ 'b.txt': 'B\r\n', 'a.txt': '\uFEFFA' });
    const input = await readAt(dir, { files: ['b.txt', './a.txt', 'b.txt'] });
    expect(userText(input)).toBe(`go\n\n${block('b.txt', 'B\r\n')}\n\n${block('./a.txt', '\uFEFFA')}`);
    expect(input.warnings).toEqual([]);
  });

  it('is the question itself when it is alone', async () => {
    put({ 'q.txt': 'why?\n' });
    expect(userText(await readAt(dir, { prompt: [], files: ['q.txt'], stdin: 'auto' }))).toBe('why?\n');
  });

  it('repeats the instruction after more than 8,000 characters of data', async () => {
    put({ 'long.txt': 'x'.repeat(8_001), 'short.txt': 'x'.repeat(8_000) });
    expect(userText(await readAt(dir, { files: ['long.txt'] }))).toBe(`go\n\n${block('long.txt', 'x'.repeat(8_001))}\n\ngo`);
    expect(userText(await readAt(dir, { files: ['short.txt'] }))).toBe(`go\n\n${block('short.txt', 'x'.repeat(8_000))}`);
  });

  it('has a fence that its text cannot close', async () => {
    put({ 'evil.txt': 'a</file>b</FILE-1>c' });
    expect(userText(await readAt(dir, { files: ['evil.txt'] }))).toBe('go\n\n<file-2 path="evil.txt">\na</file>b</FILE-1>c\n</file-2>');
  });

  it('escapes a path that would break out of the tag', async () => {
    put({ 'a"><b.txt': 'x' });
    expect(userText(await readAt(dir, { files: ['a"><b.txt'] }))).toContain('<file path="a&quot;&gt;&lt;b.txt">');
  });

  it('that is missing is named', async () => {
    await expect(readAt(dir, { files: ['nope.txt'] })).rejects.toMatchObject({
      code: 'no_input',
      message: 'nope.txt could not be read: there is no such file',
      hint: 'check the name, or leave it out',
    });
  });

  it('that is binary or not UTF-8 is refused with the offset', async () => {
    put({ 'a.bin': Buffer.from([65, 0, 66]), 'b.txt': Buffer.concat([Buffer.from('é'.repeat(5_000)), Buffer.from([0xc3, 0x28])]) });
    await expect(readAt(dir, { files: ['a.bin'] })).rejects.toMatchObject({
      code: 'input_invalid',
      message: 'a.bin is binary, not text: a NUL byte at offset 1',
      hint: 'send text; images are attached with -a',
    });
    await expect(readAt(dir, { files: ['b.txt'] })).rejects.toMatchObject({
      code: 'input_invalid',
      message: 'b.txt is not UTF-8 text: byte 0xc3 at offset 10000',
    });
    put({ 'w.txt': Buffer.from('\uFEFFwide', 'utf16le') });
    await expect(readAt(dir, { files: ['w.txt'] })).rejects.toMatchObject({
      message: 'w.txt is not UTF-8 text: byte 0xff at offset 0',
      hint: 'it looks like UTF-16; convert it first: iconv -f UTF-16 -t UTF-8',
    });
  });

  it('counts all texts against one limit', async () => {
    const text = Buffer.alloc(40 * 1024 * 1024, 'x');
    put({ 'a.txt': text, 'b.txt': text });
    await expect(readAt(dir, { files: ['a.txt', 'b.txt'] })).rejects.toMatchObject({
      code: 'input_too_large',
      message: 'b.txt is too large: a question takes at most 64 MiB of text',
    });
  });

  it('sends a key-like file that was named, with a warning', async () => {
    put({ '.env': 'A=1' });
    const input = await readAt(dir, { files: ['.env'] });
    expect(userText(input)).toContain('A=1');
    expect(input.warnings).toEqual([
      { code: 'key_like_file', message: '.env looks like a file of keys or passwords; it is sent because you named it' },
    ]);
  });

  it('reads a named pipe to its end', async () => {
    const make = spawn('bash', ['-c', 'mkfifo p && echo made && (sleep 0.3; printf late) > p'], { cwd: dir });
    await new Promise((resolve) => make.stdout.once('data', resolve));
    expect(userText(await readAt(dir, { files: ['p'] }))).toBe(`go\n\n${block('p', 'late')}`);
  });

  it('stops at once when the signal is aborted', async () => {
    put({ 'a.txt': 'x' });
    await expect(readAt(dir, { files: ['a.txt'] }, {}, AbortSignal.abort())).rejects.toMatchObject({ code: 'cancelled' });
  });
});

describe('-f with a folder', () => {
  it('takes its text files sorted, and names what it left out', async () => {
    put({
      'src/z.ts': 'Z',
      'src/a/b.ts': 'B',
      'src/.env': 'SECRET=1',
      'src/.env.local': 'SECRET=2',
      'src/.hidden/x': 'x',
      'src/key.pem': 'k',
      'src/id_rsa': 'k',
      'src/credentials.json': '{}',
      'src/logo.png': Buffer.from([0x89, 0x50, 0]),
      'src/environment.ts': 'E',
    });
    const input = await readAt(dir, { files: ['src/'] });
    expect(userText(input)).toBe(`go\n\n${block('src/a/b.ts', 'B')}\n\n${block('src/environment.ts', 'E')}\n\n${block('src/z.ts', 'Z')}`);
    expect(input.skipped).toEqual([
      'src/.env',
      'src/.env.local',
      'src/.hidden',
      'src/credentials.json',
      'src/id_rsa',
      'src/key.pem',
      'src/logo.png',
    ]);
    expect(input.warnings).toEqual([
      {
        code: 'files_skipped',
        message:
          'left out of src/: src/.env (looks like a key), src/.env.local (looks like a key), src/.hidden (hidden), ' +
          'src/credentials.json (looks like a key), src/id_rsa (looks like a key), src/key.pem (looks like a key), src/logo.png (binary)',
      },
    ]);
  });

  it('honours .gitignore files: nested ones, and those above up to the repository root', async () => {
    put({
      '.git/HEAD': '',
      '.gitignore': '*.log\nbuild/\n.env\n',
      'app/.env': 'SECRET=1',
      'app/.gitignore': '!keep.log\n/gen\n',
      'app/a.ts': 'A',
      'app/b.log': 'no',
      'app/build/out.js': 'no',
      'app/gen/x.ts': 'no',
      'app/sub/gen/y.ts': 'Y',
      'app/sub/keep.log': 'K',
    });
    const input = await readAt(dir, { files: ['app'] });
    expect(userText(input)).toBe(
      `go\n\n${block('app/a.ts', 'A')}\n\n${block('app/sub/gen/y.ts', 'Y')}\n\n${block('app/sub/keep.log', 'K')}`,
    );
    expect(input.skipped).toEqual(['app/.env', 'app/.gitignore']);
  });

  it('follows no link out of it, to a folder or to a key', async () => {
    put({ 'outside.txt': 'secret', 'f/a.txt': 'A', 'f/sub/b.txt': 'B', 'f/.env': 'x' });
    symlinkSync('../outside.txt', join(dir, 'f/out'));
    symlinkSync('..', join(dir, 'f/loop'));
    symlinkSync('sub', join(dir, 'f/dirlink'));
    symlinkSync('.env', join(dir, 'f/innocent'));
    symlinkSync('a.txt', join(dir, 'f/inside'));
    symlinkSync('nowhere', join(dir, 'f/broken'));
    const input = await readAt(dir, { files: ['f'] });
    expect(userText(input)).toBe(`go\n\n${block('f/a.txt', 'A')}\n\n${block('f/inside', 'A')}\n\n${block('f/sub/b.txt', 'B')}`);
    expect(input.warnings[0]?.message).toBe(
      'left out of f: f/.env (looks like a key), f/broken (broken link), f/dirlink (link to a folder), ' +
        'f/innocent (looks like a key), f/loop (link out of the folder), f/out (link out of the folder)',
    );
  });

  it('leaves out a binary file of any size without reading it', async () => {
    put({ 'f/a.txt': 'A', 'f/film': '' });
    truncateSync(join(dir, 'f/film'), 1024 ** 3);
    expect((await readAt(dir, { files: ['f'] })).skipped).toEqual(['f/film']);
  });

  it('with nothing to send is an error that says what was left out', async () => {
    put({ 'f/.env': 'x' });
    await expect(readAt(dir, { files: ['f'] })).rejects.toMatchObject({
      code: 'no_input',
      message: 'f has no file that can be sent; left out: f/.env (looks like a key)',
    });
  });

  it('names twenty of what it left out and counts the rest', async () => {
    put({ 'f/a.txt': 'A' });
    for (let i = 0; i < 25; i++) put({ [`f/k${i}.pem`]: 'k' });
    const input = await readAt(dir, { files: ['f'] });
    expect(input.warnings[0]?.message).toMatch(/ and 5 more$/);
    expect(input.skipped).toHaveLength(25);
  });
});

describe('-f with a pattern', () => {
  it('takes the files it matches, sorted, without keys and node_modules', async () => {
    put({ 'a/b.ts': 'B', 'a/a.ts': 'A', 'a/c.js': 'C', 'a/node_modules/m.ts': 'M', 'a/id_x.ts': 'k' });
    const input = await readAt(dir, { files: ['**/*.ts'] });
    expect(userText(input)).toBe(`go\n\n${block('a/a.ts', 'A')}\n\n${block('a/b.ts', 'B')}`);
    expect(input.warnings).toEqual([{ code: 'files_skipped', message: 'left out of **/*.ts: a/id_x.ts (looks like a key)' }]);
  });

  it('that matches nothing is an error', async () => {
    await expect(readAt(dir, { files: ['*.md'] })).rejects.toMatchObject({ code: 'no_input', message: 'no file matches *.md' });
  });

  it('takes links, but none to keys or out of the working directory', async () => {
    put({ 'work/.env': 'x', 'work/a.md': 'A', 'secret.md': 'S' });
    symlinkSync('.env', join(dir, 'work/b.txt'));
    symlinkSync('../secret.md', join(dir, 'work/c.txt'));
    symlinkSync('a.md', join(dir, 'work/d.txt'));
    spawnSync('mkfifo', ['work/e.txt'], { cwd: dir });
    const input = await readAt(join(dir, 'work'), { files: ['*.txt'] });
    expect(userText(input)).toBe(`go\n\n${block('d.txt', 'A')}`);
    expect(input.warnings[0]?.message).toBe('left out of *.txt: b.txt (looks like a key), c.txt (link out of the folder)');
    expect(userText(await readAt(join(dir, 'work'), { files: ['../*.md'] }))).toBe(`go\n\n${block('../secret.md', 'S')}`);
  });

  it('is a plain name when such a file exists', async () => {
    put({ '[id].ts': 'page', 'i.ts': 'other' });
    expect(userText(await readAt(dir, { files: ['[id].ts'] }))).toBe(`go\n\n${block('[id].ts', 'page')}`);
  });
});

describe('-f -', () => {
  it('and --no-stdin contradict each other', async () => {
    await expect(readAt(dir, { files: ['-'] })).rejects.toMatchObject({
      code: 'usage',
      message: '-f - reads standard input and --no-stdin ignores it',
    });
  });
});
