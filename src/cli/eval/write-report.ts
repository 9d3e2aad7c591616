import { accessSync, closeSync, constants, existsSync, mkdtempSync, readdirSync, renameSync, rmSync, type Stats, statSync } from 'node:fs';
import { dirname, join, resolve } from 'node:path';
import type { AnswerRecord, ComparisonRecord, EvalRecords } from '../../app/eval/evaluation.js';
import { isMomError, MomError } from '../../core/error.js';
import type { EvalReport } from '../../core/eval/report.js';
import { type Message, messageText } from '../../core/message.js';
import { makeFolder } from '../../core/system/make-folder.js';
import { openPrivateFile, writeWhole } from '../../core/system/private-file.js';
import { outputError } from '../output/output-error.js';

/** Everything that stands in the folder of `-o`. */
const FILES = ['report.html', 'report.json', 'answers.jsonl', 'judgements.jsonl'] as const;

/** The folder of `-o`, known to be writable before anything is paid for. */
export interface ReportFolder {
  /** As the user named it. */
  name: string;
  path: string;
}

/**
 * Checks the place: a new folder, an empty one, or one with an earlier report in it.
 * @throws MomError `output_failed` where it can't be written, or holds what is no report
 */
export function openReportFolder(name: string, cwd: string): ReportFolder {
  const path = resolve(cwd, name);
  try {
    const existing = statSync(path, { throwIfNoEntry: false });
    if (existing) checkExisting(name, path, existing);
    accessSync(existing ? path : nearestFolder(path), constants.W_OK | constants.X_OK);
  } catch (error) {
    throw isMomError(error) ? error : outputError(name, error);
  }
  return { name, path };
}

/** In which a folder that is not there yet would be made. */
function nearestFolder(path: string): string {
  const parent = dirname(path);
  return parent === path || existsSync(parent) ? parent : nearestFolder(parent);
}

function checkExisting(name: string, path: string, existing: Stats): void {
  if (!existing.isDirectory())
    throw new MomError('output_failed', `${name} is no folder`, { hint: 'name a folder: it gets several files' });
  const foreign = readdirSync(path).find((file) => !(FILES as readonly string[]).includes(file) && !file.startsWith('.mom-report-'));
  if (foreign === undefined) return;
  throw new MomError('output_failed', `${name} holds something else than a report: ${foreign}`, {
    hint: 'name a new folder, or an empty one',
  });
}

/**
 * Writes the report as a page and as JSON, and where there are records each answer and judgement on a line. All files come
 * together: a folder that can't take all of them keeps what it held.
 * @throws MomError `output_failed`
 */
export async function writeReport({ name, path }: ReportFolder, report: EvalReport, records: EvalRecords | null): Promise<void> {
  const { evalPage } = await import('../view/eval-page/index.js');
  const page = await evalPage(report);
  let draft: string | null = null;
  try {
    makeFolder(path);
    draft = mkdtempSync(join(path, '.mom-report-'));
    writeLines(join(draft, 'report.html'), [page]);
    writeLines(join(draft, 'report.json'), [`${JSON.stringify(report, null, 2)}\n`]);
    if (records !== null) {
      writeLines(join(draft, 'answers.jsonl'), linesOf(records.answers(), answerLine));
      writeLines(
        join(draft, 'judgements.jsonl'),
        linesOf(records.comparisons(), (comparison: ComparisonRecord) => comparison),
      );
    }
    putInPlace(draft);
  } catch (error) {
    throw isMomError(error) ? error : outputError(name, error);
  } finally {
    if (draft !== null) rmSync(draft, { recursive: true, force: true });
  }
}

/** What an earlier report left and this one has not goes: its answers are not those of this report. */
function putInPlace(draft: string): void {
  const written = readdirSync(draft);
  for (const file of FILES) {
    const place = join(dirname(draft), file);
    if (written.includes(file)) renameSync(join(draft, file), place);
    else rmSync(place, { force: true });
  }
}

function writeLines(path: string, texts: Iterable<string>): void {
  const fd = openPrivateFile(path);
  try {
    for (const text of texts) writeWhole(fd, text);
  } finally {
    closeSync(fd);
  }
}

function* linesOf<T>(records: Iterable<T>, shown: (record: T) => object): Generator<string> {
  for (const record of records) yield `${JSON.stringify(shown(record))}\n`;
}

/** As `mom eval judge` reads it again: a lone question is a prompt, a conversation its messages. */
function answerLine({ id, contestant, messages, ...rest }: AnswerRecord): object {
  return { id, contestant, ...question(messages), ...rest };
}

function question(messages: readonly Message[]): object {
  const [first] = messages;
  const isLone = messages.length === 1 && first?.role === 'user' && typeof first.content === 'string';
  return isLone ? { prompt: messageText(first) } : { messages };
}
