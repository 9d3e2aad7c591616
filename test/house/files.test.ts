import { describe, expect, it } from 'vitest';
import { sourceFiles } from './source-files.js';

/** Files over 250 lines, each with its reason. */
const LONG_FOR_A_REASON: Readonly<Record<string, string>> = {};

const code = [...sourceFiles()].filter(([file]) => file.endsWith('.ts'));
const lines = (text: string) => text.trimEnd().split('\n').length;

describe('source files', () => {
  it('have at most 250 lines, unless a reason is listed', () => {
    const long = code
      .filter(([file, text]) => lines(text) > 250 && !(file in LONG_FOR_A_REASON))
      .map(([file, text]) => `${file}: ${lines(text)}`);
    expect(long).toEqual([]);
  });

  it('that are listed as long exist and still are', () => {
    for (const file of Object.keys(LONG_FOR_A_REASON)) expect(lines(sourceFiles().get(file) ?? ''), file).toBeGreaterThan(250);
  });

  it('hold nothing left to do and no swallowed error', () => {
    const left = code.filter(([, text]) => /\b(TODO|FIXME|XXX)\b|@ts-ignore|catch(\s*\(\w+\))?\s*\{\s*\}/.test(text)).map(([file]) => file);
    expect(left).toEqual([]);
  });

  it('end the process in one place only', () => {
    const exits = code.filter(([, text]) => /\bprocess\.exit\(/.test(text)).map(([file]) => file);
    expect(exits.filter((file) => file !== 'cli/main.ts')).toEqual([]);
  });

  it('the library entry only re-exports', () => {
    const rest = (sourceFiles().get('index.ts') ?? '')
      .replace(/\/\*[\s\S]*?\*\/|\/\/.*/g, '')
      .replace(/export\s+(?:type\s+)?(?:\*(?:\s+as\s+\w+)?|\{[^}]*\})\s+from\s+'[^']+';/g, '');
    expect(rest.trim()).toBe('');
  });
});
