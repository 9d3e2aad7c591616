import { mkdirSync, readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { beforeEach, describe, expect, it } from 'vitest';
import { newPlace, type Place, runCli } from '../support/cli.js';

let place: Place;
beforeEach(() => {
  place = newPlace();
});

const at = (name: string) => join(place.cwd, name);
const mom = (...args: string[]) => runCli(['eval', 'import', ...args], { place });
const linesOf = (name: string): unknown[] =>
  readFileSync(at(name), 'utf8')
    .trimEnd()
    .split('\n')
    .map((line) => JSON.parse(line) as unknown);

function write(name: string, rows: unknown): void {
  mkdirSync(join(at(name), '..'), { recursive: true });
  writeFileSync(at(name), JSON.stringify(rows));
}

const row = {
  instruction: 'A?',
  output_1: 'Base',
  generator_1: 'base',
  output_2: '**X**',
  generator_2: 'x',
  annotator: 'j',
  preference: 1.75,
};

describe('mom eval import', () => {
  it("writes mom's own files and says how to go on", async () => {
    write('results/annotations.json', [row, { ...row, instruction: 'B?', preference: null }]);
    expect(await mom('alpaca', 'results')).toEqual({
      stdout: '',
      stderr:
        'mom: 2 prompts, 4 answers, 1 comparison, 1 comparison without a preference of 2 contestants and 1 judge in imported-alpaca; go on with: mom eval judge imported-alpaca\n',
      status: 0,
      signal: null,
    });
    expect(readdirSync(place.cwd).sort()).toEqual(['imported-alpaca', 'results']);
    expect(readdirSync(at('imported-alpaca')).sort()).toEqual(['answers.jsonl', 'import.json', 'preferences.jsonl', 'prompts.jsonl']);
    expect(linesOf('imported-alpaca/prompts.jsonl')).toEqual([
      { id: '1', prompt: 'A?' },
      { id: '2', prompt: 'B?' },
    ]);
    expect(linesOf('imported-alpaca/answers.jsonl').slice(0, 2)).toEqual([
      { id: '1', contestant: 'base', text: 'Base' },
      { id: '1', contestant: 'x', text: '**X**' },
    ]);
    expect(linesOf('imported-alpaca/preferences.jsonl')[0]).toEqual({
      id: '1',
      a: 'x',
      b: 'base',
      judge: 'j',
      preference: 0.75,
      orders: { ab: null, ba: null },
      length_a: 5,
      style_a: { length: 5, headings: 0, list_items: 0, bold: 1 },
      length_b: 4,
      style_b: { length: 4, headings: 0, list_items: 0, bold: 0 },
      position: 0,
    });
  });

  it('prints what it has found as JSON, and replaces a former import whole', async () => {
    write('results/annotations.json', [row]);
    await mom('alpaca', 'results', '-o', 'out');
    write('compact/preferences.jsonl', {
      model: 'x',
      baseline: 'base',
      judge: 'j',
      preference: [1, 2],
      len_model: [3, 4],
      len_baseline: [5, 6],
    });
    write('compact/lc_reference.json', { instruction_difficulty: [1, 2] });
    const { stdout, status } = await mom('alpaca', 'compact', '-o', 'out', '--json');
    expect({ status, ...(JSON.parse(stdout) as object) }).toEqual({
      status: 0,
      schema_version: 1,
      format: 'alpaca',
      folder: at('out'),
      prompts: 0,
      answers: 0,
      comparisons: 2,
      missing: 0,
      contestants: ['x', 'base'],
      judges: ['j'],
    });
    expect(readdirSync(at('out')).sort()).toEqual(['difficulty.json', 'import.json', 'preferences.jsonl']);
  });

  it('tells who is to judge where nobody has', async () => {
    write('results/model_outputs.json', [{ instruction: 'A?', output: 'X', generator: 'x' }]);
    expect((await mom('alpaca', 'results')).stderr).toBe(
      'mom: 1 prompt, 1 answer of 1 contestant in imported-alpaca; go on with: mom eval judge imported-alpaca --judge MODEL\n',
    );
  });

  it('touches no folder of somebody else', async () => {
    write('results/annotations.json', [row]);
    writeFileSync(join(place.cwd, 'results/mine.txt'), 'mine');
    expect(await mom('alpaca', 'results', '-o', 'results')).toEqual({
      stdout: '',
      stderr: `mom: ${at('results')} is not empty, and no earlier import\nhint: name a new folder with -o\n`,
      status: 74,
      signal: null,
    });
    expect(readdirSync(place.cwd)).toEqual(['results']);
  });

  it('leaves nothing behind when a file is broken', async () => {
    write('results/annotations.json', [row, { ...row, preference: 9 }]);
    expect(await mom('alpaca', 'results')).toEqual({
      stdout: '',
      stderr: `mom: ${at('results/annotations.json')}, item 2: preference cannot be 9\nhint: it is from 1 (the first one is better) to 2, 0 for a tie, null where it is missing\n`,
      status: 65,
      signal: null,
    });
    expect(readdirSync(place.cwd)).toEqual(['results']);
  });

  it('knows its formats and needs a folder', async () => {
    write('file.json', []);
    expect((await mom('alpacca', 'x')).stderr).toBe(
      'mom: mom eval import does not know the format "alpacca"\nhint: did you mean alpaca? it reads alpaca, arena, mt-bench\n',
    );
    expect((await mom('arena', 'none')).stderr).toBe(`mom: ${at('none')} can't be read: there is no such file\nhint: check the path\n`);
    expect((await mom('arena', 'file.json')).stderr).toBe(
      `mom: ${at('file.json')} is no folder\nhint: name the folder that holds it: ${place.cwd}\n`,
    );
  });
});
