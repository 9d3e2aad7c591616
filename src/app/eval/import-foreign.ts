import { writeFileSync } from 'node:fs';
import { FOREIGN_FORMATS, type ForeignFormat, foreignDifficulty, foreignItems } from '../../eval/reading/foreign/index.js';
import { type DraftFolder, draftFolder, MARKER } from './importing/draft-folder.js';
import { ItemFiles, type Written } from './importing/item-files.js';

export { FOREIGN_FORMATS, type ForeignFormat };

export interface ForeignImport extends Written {
  format: ForeignFormat;
  /** Where the files are. */
  folder: string;
}

/**
 * Reads the files of another evaluation and writes them as mom's own: `prompts.jsonl`, `answers.jsonl`, `preferences.jsonl` and
 * `difficulty.json`, those of them that there is something for. The folder is there as a whole or not at all.
 * @param output a new folder, an empty one, or a former import, which is replaced
 * @throws MomError `no_input` or `input_invalid` for what can't be read, `output_failed` for what can't be written
 */
export async function importForeign(format: ForeignFormat, source: string, output: string): Promise<ForeignImport> {
  const draft = draftFolder(output);
  try {
    const written = await writeItems(format, source, draft);
    const difficulty = await foreignDifficulty(format, source);
    if (difficulty !== null) writeFileSync(draft.path('difficulty.json'), `${JSON.stringify(difficulty)}\n`);
    writeFileSync(draft.path(MARKER), `${JSON.stringify({ schema_version: 1, format, ...written }, null, 2)}\n`);
    draft.finish();
    return { format, folder: output, ...written };
  } finally {
    draft.discard();
  }
}

async function writeItems(format: ForeignFormat, source: string, draft: DraftFolder): Promise<Written> {
  const files = new ItemFiles(draft);
  try {
    for await (const item of foreignItems(format, source)) files.add(item);
    return files.end();
  } finally {
    files.close();
  }
}
