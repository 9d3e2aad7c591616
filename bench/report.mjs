function median(numbers) {
  const sorted = numbers.toSorted((a, b) => a - b);
  const middle = sorted.length >> 1;
  return sorted.length % 2 === 1 ? sorted[middle] : (sorted[middle - 1] + sorted[middle]) / 2;
}

function mediansOf(samples) {
  return Object.fromEntries(Object.keys(samples[0]).map((key) => [key, median(samples.map((sample) => sample[key]))]));
}

function verdict({ must, goal, exact, atLeast }, value, samples) {
  if (must === null) return '';
  if (exact) return samples.every((sample) => sample === must) ? 'goal' : 'MISSED';
  const holds = (limit) => (atLeast ? value >= limit : value <= limit);
  return holds(goal) ? 'goal' : holds(must) ? 'must' : 'MISSED';
}

/**
 * Prints a table of promises.
 * @param samples what each round measured; `once` what was measured once
 * @returns whether every must holds
 */
export function report(rows, samples, once) {
  const medians = { ...mediansOf(samples), ...once };
  const number = (value, unit) => `${value.toFixed(unit === 'x' || unit === ' s' ? 2 : unit === '' ? 0 : 1)}${unit}`;
  const lines = rows.map((row) => {
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
  return lines.every((line) => line.holds !== 'MISSED');
}
