import type { Basis, Estimate, Finding } from '../../../core/eval/report.js';
import { type Html, html } from '../page/html.js';
import { formatUsdEach } from '../price.js';

/** What is shown where there is no number. */
export const NOTHING = '–';

/** What a price that nobody knows is shown as: never as 0. */
export const UNKNOWN = 'unknown';

/** Never by colour alone: each has a sign and words of its own. */
export const FINDING_SIGNS: Readonly<Record<Finding, string>> = { better: '▲', worse: '▼', not_worse: '≈', not_shown: '?', too_few: '…' };

export const FINDING_WORDS: Readonly<Record<Finding, string>> = {
  better: 'better',
  worse: 'worse',
  not_worse: 'not worse',
  not_shown: 'not shown',
  too_few: 'too few prompts',
};

export const BASIS_WORDS: Readonly<Record<Basis, string>> = {
  reference: 'by reference',
  check: 'by check',
  judge: 'by judge',
  mixed: 'by reference, check or judge',
};

/** With the sign of a minus; what is no number is {@link NOTHING}. */
export function fixed(value: number, decimals: number): string {
  if (!Number.isFinite(value)) return NOTHING;
  const text = value.toFixed(decimals);
  return Number(text) === 0 ? text.replace('-', '') : text.replace('-', '−');
}

/** `+12.3`, `−4.0`, `0.0` */
export function signed(value: number, decimals = 1): string {
  const text = fixed(value, decimals);
  return value > 0 && Number(text) !== 0 ? `+${text}` : text;
}

/** `65.2 %`, of a value that is in per cent. */
export function percent(value: number): string {
  return Number.isFinite(value) ? `${fixed(value, 1)} %` : NOTHING;
}

/** `65.2 %`, of a value from 0 to 1. */
export function share(value: number): string {
  return percent(100 * value);
}

/** `60.1 to 70.3` */
export function interval({ low, high }: Estimate, format: (value: number) => string): string {
  return `${format(low)} to ${format(high)}`;
}

/** `p = 0.034` */
export function pText(p: number): string {
  if (!Number.isFinite(p)) return `p ${UNKNOWN}`;
  return p < 0.001 ? 'p < 0.001' : `p = ${p.toFixed(3)}`;
}

/** `1,234` */
export function count(value: number): string {
  return Number.isFinite(value) ? Math.round(value).toLocaleString('en-US') : NOTHING;
}

/** Dollars of one prompt: `$0.0123`. */
export function usdEach(usd: number): string {
  if (!Number.isFinite(usd)) return UNKNOWN;
  return usd === 0 ? '$0' : formatUsdEach(usd);
}

/** A name that somebody has given, apart from the direction of the text around it. */
export function named(name: string): Html {
  return html`<bdi class="name">${name}</bdi>`;
}

export function listed(names: readonly string[]): Html[] {
  return names.map((name, n) => html`${n === 0 ? null : ', '}${named(name)}`);
}
