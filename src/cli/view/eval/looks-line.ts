import type { EvalQuote } from '../../../app/eval/evaluation.js';
import { formatUsd, formatUsdBounds } from '../price.js';

/** `2 judges will look 400 times, 120 of them kept from before, $0.40 to $2.10, cap $10.00` */
export function looksLine({ lines, usd, max_cost }: EvalQuote): string {
  const sum = (of: 'runs' | 'kept') => lines.reduce((total, line) => total + line[of], 0);
  const judges = lines.length === 1 ? '1 judge' : `${lines.length} judges`;
  const kept = sum('kept') === 0 ? [] : [`${sum('kept').toLocaleString('en-US')} of them kept from before`];
  const price = usd === null ? 'price unknown' : formatUsdBounds(usd);
  return [`${judges} will look ${sum('runs').toLocaleString('en-US')} times`, ...kept, price, `cap ${formatUsd(max_cost)}`].join(', ');
}
