import { MomError } from '../core/error.js';
import { readLines } from './jsonl.js';

/** Recorded answers of real models to real questions. */
export interface Recordings {
  /** Questions by their trimmed text: each system's answer. */
  questions: ReadonlyMap<string, ReadonlyMap<string, string>>;
  systems: readonly string[];
}

/**
 * Reads recordings, JSON Lines of `{i, question, gold, answers: {system: {text, correct}}}`, plain or gzipped (`.gz`).
 * A question that is in several files has the last one's answers.
 * @throws MomError `no_input` for a missing file, `input_invalid` with the line number for a broken one
 */
export async function loadRecordings(files: readonly string[]): Promise<Recordings> {
  const questions = new Map<string, Map<string, string>>();
  const systems = new Set<string>();
  for (const file of files) {
    for (const { line, value } of await readLines(file, 'recording')) {
      const row = parseRow(value);
      if (row === null) {
        throw new MomError('input_invalid', `recording ${file}, line ${line}: not {question, answers: {system: {text}}}`, {
          hint: 'each line is one question as JSON, as in recorded/gsm8k.jsonl of the package',
        });
      }
      questions.set(row.question.trim(), row.answers);
      for (const system of row.answers.keys()) systems.add(system);
    }
  }
  return { questions, systems: [...systems] };
}

function parseRow(value: unknown): { question: string; answers: Map<string, string> } | null {
  if (typeof value !== 'object' || value === null) return null;
  const { question, answers } = value as { question?: unknown; answers?: unknown };
  if (typeof question !== 'string' || typeof answers !== 'object' || answers === null) return null;
  const texts = new Map<string, string>();
  for (const [system, answer] of Object.entries(answers as Record<string, { text?: unknown } | null>)) {
    if (typeof answer?.text !== 'string') return null;
    texts.set(system, answer.text);
  }
  return texts.size === 0 ? null : { question, answers: texts };
}
