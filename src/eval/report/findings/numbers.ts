/** For people. */
export function oneDecimal(value: number): string {
  return value.toFixed(1);
}

/** Two digits that count: `1.3`, `0.58`, `12`. */
export function times(ratio: number): string {
  return String(Number(ratio.toPrecision(2)));
}

/** Two digits that count, and commas: `140`, `1,400`. */
export function roughly(count: number): string {
  return (count < 100 ? count : Number(count.toPrecision(2))).toLocaleString('en-US');
}

/** `a`, `a and b`, `a, b and c`. */
export function listed(words: readonly string[]): string {
  return words.length < 2 ? words.join('') : `${words.slice(0, -1).join(', ')} and ${words.at(-1)}`;
}
