import { type MomError, reasonOf, toMomError } from '../../core/error.js';
import { type OutputFile, rescueFile } from '../output/file.js';
import { errorText } from '../report.js';
import type { Asking } from './asking.js';

/** Ends what goes to stdout. The error is told already; null when everything arrived, or its reader did not want it. */
export async function endOutput(asking: Asking, text: string): Promise<MomError | null> {
  const { stdout } = asking;
  stdout.closeLine();
  await stdout.flushed();
  return stdout.end?.kind === 'failed' ? rescue(asking, stdout.end.error, closed(text)) : null;
}

/** All of `text` to the file of `-o`; where that fails, to stdout, which is free then, and at last to a new file. */
export async function deliver(asking: Asking, text: string, file: OutputFile | null): Promise<MomError | null> {
  const { stdout, messages } = asking;
  const failure = file === null ? null : putInto(file, closed(text));
  if (file !== null && failure === null) return null;
  stdout.write(closed(text));
  const lost = await endOutput(asking, text);
  if (failure !== null) {
    const hint = lost === null && stdout.end === null ? 'the answer went to stdout instead' : failure.hint;
    messages.error(errorText({ code: failure.code, message: failure.message, hint }));
  }
  return failure ?? lost;
}

function putInto(file: OutputFile, text: string): MomError | null {
  try {
    file.write(text);
    return null;
  } catch (error) {
    return toMomError(error);
  }
}

/** stdout broke with an answer under way: a file keeps it. */
function rescue({ messages }: Asking, error: MomError, text: string): MomError {
  const { code, message } = error;
  try {
    const hint = text === '' ? error.hint : `what there is of the answer is in ${rescueFile(text)}`;
    messages.error(errorText({ code, message, hint }));
  } catch (second) {
    const reason = reasonOf(second);
    messages.error(errorText({ code, message, hint: `the answer could not be kept in a file either: ${reason}` }));
  }
  return error;
}

function closed(text: string): string {
  return text === '' || text.endsWith('\n') ? text : `${text}\n`;
}
