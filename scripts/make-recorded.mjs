// Makes recorded/gsm8k.jsonl, the questions that ship with mom: every 16th of a full file of recorded answers.
// Usage: node scripts/make-recorded.mjs FILE.jsonl[.gz]
import { readFileSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { gunzipSync } from 'node:zlib';

const EVERY = 16;

const [file] = process.argv.slice(2);
if (!file) {
  process.stderr.write('usage: node scripts/make-recorded.mjs FILE.jsonl[.gz]\n');
  process.exit(2);
}
const bytes = readFileSync(file);
const text = (file.endsWith('.gz') ? gunzipSync(bytes) : bytes).toString('utf8');
const lines = text.split('\n').filter((line) => line.trim() !== '');
const chosen = lines.filter((_, index) => index % EVERY === 0);
const target = path.join(import.meta.dirname, '..', 'recorded', 'gsm8k.jsonl');
writeFileSync(target, `${chosen.join('\n')}\n`);
process.stdout.write(`${target}: ${chosen.length} of ${lines.length} questions\n`);
