/**
 * npm run bench -- [--quick] [--rounds N] [--node PATH]...
 * Prints every promise with its must, its goal and what was measured; exits with 1 when a must does not hold.
 */
import { execFileSync } from 'node:child_process';
import { parseArgs } from 'node:util';
import { measureOnce } from './once.mjs';
import { cleanRoom } from './process.mjs';
import { round } from './rounds.mjs';
import { ROWS } from './rows.mjs';
import { startUpstream } from './upstream.mjs';

const { values: flags } = parseArgs({
  options: { quick: { type: 'boolean' }, rounds: { type: 'string' }, node: { type: 'string', multiple: true } },
});
const rounds = Number(flags.rounds ?? (flags.quick ? 3 : 15));

function median(numbers) {
  const sorted = numbers.toSorted((a, b) => a - b);
  const middle = sorted.length >> 1;
  return sorted.length % 2 === 1 ? sorted[middle] : (sorted[middle - 1] + sorted[middle]) / 2;
}

function mediansOf(samples) {
  return Object.fromEntries(Object.keys(samples[0]).map((key) => [key, median(samples.map((sample) => sample[key]))]));
}

async function measure(node) {
  const upstream = await startUpstream();
  const room = cleanRoom(upstream.url);
  try {
    await round(node, room, upstream);
    const samples = [];
    for (let i = 0; i < rounds; i++) {
      samples.push(await round(node, room, upstream));
      if (process.stderr.isTTY) process.stderr.write(`\rround ${i + 1} of ${rounds}\x1b[K${i + 1 === rounds ? '\r\x1b[K' : ''}`);
    }
    return samples;
  } finally {
    upstream.close();
    room.remove();
  }
}

function verdict({ must, goal, exact }, value, samples) {
  if (must === null) return '';
  if (exact) return samples.every((sample) => sample === must) ? 'goal' : 'MISSED';
  return value <= goal ? 'goal' : value <= must ? 'must' : 'MISSED';
}

function report(samples, once) {
  const medians = { ...mediansOf(samples), ...once };
  const number = (value, unit) => `${value.toFixed(unit === 'x' ? 2 : unit === '' ? 0 : 1)}${unit}`;
  const lines = ROWS.map((row) => {
    const value = row.value(medians);
    const [measured, base] = row.of?.(medians) ?? [];
    return {
      measure: row.measure,
      medians: measured === undefined ? '' : `${measured.toFixed(0)} / ${base.toFixed(0)} ${row.ofUnit ?? 'ms'}`,
      must: row.must === null ? '' : number(row.must, row.unit),
      goal: row.goal === null ? '' : number(row.goal, row.unit),
      measured: number(value, row.unit),
      holds: verdict(
        row,
        value,
        samples.map((sample) => row.value({ ...sample, ...once })),
      ),
    };
  });
  const columns = ['measure', 'medians', 'must', 'goal', 'measured', 'holds'];
  const widths = columns.map((column) => Math.max(column.length, ...lines.map((line) => line[column].length)));
  const print = (cells) => console.log(`| ${cells.map((cell, i) => cell.padEnd(widths[i])).join(' | ')} |`);
  print(columns);
  print(widths.map((width) => '-'.repeat(width)));
  for (const line of lines) print(columns.map((column) => line[column]));
  const each = Object.entries(once.strategies).map(([strategy, ms]) => `${strategy} ${ms.toFixed(2)}`);
  console.log(`\nms a run besides its models: ${each.join(', ')}`);
  return lines.every((line) => line.holds !== 'MISSED');
}

for (const node of flags.node ?? [process.execPath]) {
  console.log(
    `\nNode ${execFileSync(node, ['--version'], { encoding: 'utf8' }).trim()}, medians of ${rounds} interleaved rounds after one that fills mom's code cache\n`,
  );
  if (!report(await measure(node), measureOnce(node))) process.exitCode = 1;
}
