import { readFileSync } from 'node:fs';
import { MarkdownStream } from '/work/main/src/cli/view/markdown/stream.js';
import { renderMarkdown } from '/work/main/src/cli/view/markdown/whole.js';

const [, , file, cols, color] = process.argv;
process.stdout.write(renderMarkdown(readFileSync(file!, 'utf8'), { color: color !== 'no', columns: Number(cols ?? 80) }));
