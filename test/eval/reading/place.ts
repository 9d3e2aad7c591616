import { mkdirSync, mkdtempSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { onTestFinished } from 'vitest';
import { removeAll } from '../../support/remove-all.js';

/** Files in a folder of their own, removed when the test is over. Lists become JSON Lines, or one JSON list under a name in `.json`. */
export function folderWith(files: Readonly<Record<string, string | Buffer | readonly unknown[]>>): string {
  const folder = mkdtempSync(join(tmpdir(), 'mom-reading-'));
  onTestFinished(() => removeAll(folder));
  for (const [name, content] of Object.entries(files)) {
    const path = join(folder, name);
    mkdirSync(dirname(path), { recursive: true });
    writeFileSync(path, typeof content === 'string' || Buffer.isBuffer(content) ? content : listText(name, content as readonly unknown[]));
  }
  return folder;
}

function listText(name: string, rows: readonly unknown[]): string {
  return name.endsWith('.json') ? JSON.stringify(rows) : rows.map((row) => `${JSON.stringify(row)}\n`).join('');
}

/** What is thrown, as `code: message`. */
export async function troubleOf(work: Promise<unknown>): Promise<string> {
  try {
    await work;
  } catch (error) {
    const { code, message } = error as { code: string; message: string };
    return `${code}: ${message}`;
  }
  return 'nothing';
}
