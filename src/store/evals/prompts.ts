import type { EvalPrompt } from '../../core/eval/prompt.js';
import { type Database, transaction } from '../database.js';
import type { Statements } from '../statements.js';

/** Prompts that are written or read at once: so many, or so many characters. */
const PAGE = { prompts: 200, characters: 1024 * 1024 } as const;

/** The prompts of evaluations, page by page. */
export class Prompts {
  readonly #database: Database;
  readonly #statements: Statements;

  constructor(database: Database, statements: Statements) {
    this.#database = database;
    this.#statements = statements;
  }

  /** Each page in a transaction of its own: prompts may come slowly, and others want to write meanwhile. */
  async write(evaluation: number, prompts: AsyncIterable<EvalPrompt> | Iterable<EvalPrompt>): Promise<void> {
    let page: string[] = [];
    let characters = 0;
    let written = 0;
    const flush = () => {
      const texts = page;
      transaction(this.#database, () => {
        for (const [i, text] of texts.entries()) this.#put(evaluation, written + i, text);
      });
      written += texts.length;
      page = [];
      characters = 0;
    };
    for await (const prompt of prompts) {
      const text = JSON.stringify(prompt);
      page.push(text);
      characters += text.length;
      if (page.length >= PAGE.prompts || characters >= PAGE.characters) flush();
    }
    if (page.length > 0) flush();
  }

  count(evaluation: number): number {
    const { n } = this.#statements.of('SELECT count(*) AS n FROM prompts WHERE evaluation = ?').get(evaluation) as { n: number };
    return n;
  }

  one(evaluation: number, n: number): EvalPrompt | null {
    const row = this.#statements.of('SELECT prompt FROM prompts WHERE evaluation = ? AND n = ?').get(evaluation, n);
    return row === undefined ? null : (JSON.parse((row as { prompt: string }).prompt) as EvalPrompt);
  }

  /** From the `n`th on, as many as are read at once. */
  page(evaluation: number, n: number): EvalPrompt[] {
    const rows = this.#statements
      .of('SELECT prompt FROM prompts WHERE evaluation = ? AND n >= ? ORDER BY n LIMIT ?')
      .all(evaluation, n, PAGE.prompts) as { prompt: string }[];
    return rows.map(({ prompt }) => JSON.parse(prompt) as EvalPrompt);
  }

  #put(evaluation: number, n: number, prompt: string): void {
    this.#statements.of('INSERT INTO prompts (evaluation, n, prompt) VALUES (?, ?, ?)').run(evaluation, n, prompt);
  }
}
