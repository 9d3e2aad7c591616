/** The promises of `mom eval`, as in ../rows.mjs. */
export const EVAL_ROWS = [
  {
    measure: '500 prompts x 6 models of 100 ms, 32 at a time: wall / ideal',
    unit: 'x',
    must: 1.15,
    goal: 1.08,
    value: (m) => m.wall / m.ideal,
    of: (m) => [m.wall, m.ideal],
  },
  { measure: 'the same, CPU of a run', unit: ' ms', must: null, goal: null, value: (m) => m.cpu / m.runs },
  {
    measure: 'memory, 5,000 prompts / 500',
    unit: 'x',
    must: 1.25,
    goal: 1.1,
    value: (m) => m.manyMemory / m.fewMemory,
    of: (m) => [m.manyMemory, m.fewMemory],
    ofUnit: 'MB',
  },
  { measure: '10,000 recorded judgements: whole command', unit: ' ms', must: 2_000, goal: 1_000, value: (m) => m.judged },
];
