import { COMMANDS } from './commands.mjs';

/** Times as slow the big store may be, and what it should be. */
const GROWTH = { unit: 'x', must: 2, goal: 1.2 };
const FREE = { unit: 'x', must: null, goal: null };
const KEEPING = { unit: ' ms', must: 30, goal: 15 };

const added = (store, where) => ({
  measure: `what writing a run adds after the last character, ${where}`,
  ...KEEPING,
  value: (m) => m[`${store}Keeping`],
  of: (m) => [m[`${store}End`], m[`${store}EndUnkept`]],
});

/** The promises of the history and of what a terminal shows, as in ../rows.mjs; `many` is the store of 100,000 runs, `big` the one of 1 GB; with --quick they are a tenth of that. */
export const HISTORY_ROWS = [
  added('none', 'empty store'),
  added('many', 'many runs'),
  added('big', 'big store'),
  ratio('writing a run: last character to end', 'End', GROWTH),
  { measure: 'the same, many runs: the slowest of all', unit: ' ms', must: null, goal: null, value: (m) => m.slowest },
  ...COMMANDS.flatMap((command) => [time(command), ratio(command.measure, command.name, command.must === undefined ? FREE : GROWTH)]),
  {
    measure: 'mom ask -c, many runs: start to first request / without -c',
    unit: 'x',
    must: null,
    goal: null,
    value: (m) => m.manyFirstContinued / m.manyFirst,
    of: (m) => [m.manyFirstContinued, m.manyFirst],
  },
  {
    measure: 'the same / empty store, both without -c',
    unit: 'x',
    must: null,
    goal: null,
    value: (m) => m.manyFirst / m.noneFirst,
    of: (m) => [m.manyFirst, m.noneFirst],
  },
  {
    measure: 'first character on a terminal: rendered minus raw',
    unit: ' ms',
    must: 10,
    goal: 3,
    value: (m) => m.firstLater,
    of: (m) => [m.firstRendered, m.firstRaw],
  },
  {
    measure: 'the same, of a model that answers at once',
    unit: ' ms',
    must: 10,
    goal: 8,
    value: (m) => m.atOnceLater,
    of: (m) => [m.atOnceRendered, m.atOnceRaw],
  },
  {
    measure: '5 MB of Markdown on a terminal: rendered / raw',
    unit: 'x',
    must: null,
    goal: null,
    value: (m) => m.longRendered / m.longRaw,
    of: (m) => [m.longRendered, m.longRaw],
  },
  {
    measure: 'the same, peak memory',
    unit: 'x',
    must: null,
    goal: null,
    value: (m) => m.longRenderedPeak / m.longRawPeak,
    of: (m) => [m.longRenderedPeak, m.longRawPeak],
    ofUnit: 'MB',
  },
];

function time({ name, measure, onTerminal, overVersion = false, must = null, goal = null }) {
  const version = onTerminal ? 'versionOnTerminal' : 'version';
  const many = (m) => m[`many.${name}`];
  return {
    measure: `${measure}, many runs${overVersion ? ', over mom --version' : ''}`,
    unit: ' ms',
    must,
    goal,
    value: (m) => many(m) - (overVersion ? m[version] : 0),
    ...(overVersion ? { of: (m) => [many(m), m[version]] } : {}),
  };
}

function ratio(measure, name, limits) {
  const [many, big] = name === 'End' ? ['manyEnd', 'bigEnd'] : [`many.${name}`, `big.${name}`];
  return { measure: `${measure}: big store / many runs`, ...limits, value: (m) => m[big] / m[many], of: (m) => [m[big], m[many]] };
}
