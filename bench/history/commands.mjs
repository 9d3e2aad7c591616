import { MIXTURE, MODEL } from './made-run.mjs';
import { BEGINNING, FREQUENT, OCCASIONAL, RARE } from './words.mjs';

/** Milliseconds that must hold with 100,000 runs: over `mom --version`, or for the whole command. */
const LIST = { overVersion: true, must: 100, goal: 30 };
const SEARCH = { must: 300, goal: 150 };
const COMPLETION = { must: 100, goal: 80 };

/**
 * Commands that look at the history: what is asked of each, and how. `lines` it prints at least, or its number would be of nothing;
 * without `onTerminal` into a pipe.
 */
export const COMMANDS = [
  { name: 'logs', measure: 'mom logs', args: ['logs'], lines: 20, ...LIST },
  { name: 'logsOnTerminal', measure: 'mom logs on a terminal', args: ['logs'], lines: 20, onTerminal: true, ...LIST },
  { name: 'logsModel', measure: 'mom logs --model', args: ['logs', '--model', MODEL], lines: 20, ...LIST },
  { name: 'logsMixture', measure: 'mom logs --mixture', args: ['logs', '--mixture', MIXTURE], lines: 20, ...LIST },
  { name: 'logsStatus', measure: 'mom logs --status', args: ['logs', '--status', 'failed'], lines: 20, ...LIST },
  { name: 'logsSince', measure: 'mom logs --since', args: ['logs', '--since', '30d'], lines: 20, ...LIST },
  { name: 'searchFrequent', measure: 'mom logs --search, words of nearly every run', args: search(FREQUENT), lines: 20, ...SEARCH },
  { name: 'searchSome', measure: 'mom logs --search, words of some runs', args: search(OCCASIONAL), lines: 1, ...SEARCH },
  { name: 'searchRare', measure: 'mom logs --search, rare words', args: search(RARE), lines: 3, ...SEARCH },
  { name: 'searchBeginning', measure: 'mom logs --search, a beginning of many words', args: search(BEGINNING), lines: 20, ...SEARCH },
  { name: 'completeRuns', measure: 'completion of runs', args: complete('mom ask --resume '), lines: 51, ...COMPLETION },
  { name: 'completeMixtures', measure: 'completion of mixtures', args: complete('mom ask --mixture '), lines: 4, ...COMPLETION },
  { name: 'completeModels', measure: 'completion of models, 400 in the list', args: complete('mom ask -m '), lines: 401, ...COMPLETION },
  { name: 'show', measure: 'mom logs show', args: ['logs', 'show'], lines: 5 },
  { name: 'showOnTerminal', measure: 'mom logs show on a terminal', args: ['logs', 'show'], lines: 5, onTerminal: true },
  { name: 'cost', measure: 'mom cost --by model', args: ['cost', '--by', 'model'], lines: 12 },
];

function search(words) {
  return ['logs', '--search', words];
}

function complete(line) {
  return ['__complete', 'bash', line];
}
