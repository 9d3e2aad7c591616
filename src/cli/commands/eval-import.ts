import { resolve } from 'node:path';
import type { ForeignFormat, ForeignImport } from '../../app/eval/import-foreign.js';
import { nearestName } from '../../config/nearest.js';
import type { CliContext, Exit } from '../context.js';
import { SUCCESS } from '../context.js';
import { jsonLine } from '../output/json.js';
import { usageError } from '../usage.js';
import { messagesOf } from '../view/messages.js';
import { screenOf } from '../view/screen.js';
import { counted } from '../view/words.js';

/** `mom eval import`: the files of another evaluation as mom's own. */
export async function run(format: string, dir: string, flags: object, context: CliContext): Promise<Exit> {
  const { output, json } = flags as { output?: string; json?: boolean };
  const { FOREIGN_FORMATS, importForeign } = await import('../../app/eval/import-foreign.js');
  const known = FOREIGN_FORMATS.find((name) => name === format) ?? null;
  if (known === null) throw unknownFormat(format, FOREIGN_FORMATS);
  const named = output ?? `imported-${known}`;
  const done = await importForeign(known, resolve(context.cwd, dir), resolve(context.cwd, named));
  if (json) context.stdout.write(jsonLine({ schema_version: 1, ...done }, screenOf(context)));
  messagesOf(context).note(summary(done, named));
  return SUCCESS;
}

function unknownFormat(format: string, formats: readonly ForeignFormat[]) {
  const near = nearestName(format, formats);
  return usageError(
    `mom eval import does not know the format ${JSON.stringify(format)}`,
    `${near === null ? '' : `did you mean ${near}? `}it reads ${formats.join(', ')}`,
  );
}

function summary({ prompts, answers, comparisons, missing, contestants, judges }: ForeignImport, folder: string): string {
  const parts = [
    someOf(prompts, 'prompt'),
    someOf(answers, 'answer'),
    someOf(comparisons, 'comparison'),
    missing === 0 ? null : `${someOf(missing, 'comparison')} without a preference`,
  ];
  const from = [someOf(contestants.length, 'contestant'), someOf(judges.length, 'judge')].filter((part) => part !== null).join(' and ');
  const next = comparisons > 0 ? '' : ' --judge MODEL';
  return `${parts.filter((part) => part !== null).join(', ')} of ${from} in ${folder}; go on with: mom eval judge ${folder}${next}`;
}

/** Null where there is none. */
function someOf(count: number, noun: string): string | null {
  return count === 0 ? null : counted(count, noun);
}
