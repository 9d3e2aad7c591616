import type { EvalQuote } from '../../app/eval/evaluation.js';
import type { CliContext } from '../context.js';
import { jsonText } from '../output/json.js';
import { screenOf } from '../view/screen.js';

/** Prints what it would ask and cost: the answer of a dry run. */
export async function showQuote(quote: EvalQuote & { id?: string }, json: boolean | undefined, context: CliContext): Promise<void> {
  const screen = screenOf(context);
  if (json) context.stdout.write(jsonText({ schema_version: 1, dry_run: true, ...quote }, screen));
  else context.stdout.write((await import('../view/eval/quote-text.js')).quoteText(quote, screen));
}
