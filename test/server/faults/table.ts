import { CALLED, EIGHT, GROUPS, type Group, HUGE, LONG, MERGED, ONE, OTHER, type Outcome, type Row, type Sees } from './rows.js';

/** What the answers of the rows are, for people. */
const ANSWERS: Readonly<Record<string, string>> = {
  [MERGED]: "the critic's answer",
  [OTHER]: "the other critic's answer",
  'It is 42.': 'the best proposal',
  '{"n": 6}': 'the best proposal',
  [LONG]: 'what there is',
  [HUGE]: 'the answer, all 10 MB',
  [CALLED]: 'the tool call',
  [EIGHT]: "the other critic's answer",
  [ONE]: 'the repaired answer',
};

/** The rows as the tables of docs/gateway-faults.md. */
export function upstreamTables(): string {
  return GROUPS.map(tableOf).join('\n');
}

function tableOf({ title, rows }: Group): string {
  const head = [`### ${title}`, '', '| fault | a client that streams sees | another client sees | cost | calls |', '|---|---|---|---|---|'];
  return `${[...head, ...rows.map(lineOf)].join('\n')}\n`;
}

function lineOf({ fault, stream, whole = stream }: Row): string {
  const cells = [
    fault,
    seesOf(stream.sees),
    same(seesOf(stream.sees), seesOf(whole.sees)),
    both(stream.cost, whole.cost),
    both(callsOf(stream), callsOf(whole)),
  ];
  return `| ${cells.join(' | ')} |`;
}

function seesOf(sees: Sees): string {
  if ('answer' in sees) return `${sees.status}: ${ANSWERS[sees.answer] ?? sees.answer}`;
  if ('http' in sees) return `${sees.http} \`${sees.code}\``;
  return `${sees.after === '' ? '' : 'its beginning, then '}error chunk \`${sees.code}\``;
}

function callsOf({ calls, closed = 0 }: Outcome): string {
  return closed === 0 ? String(calls) : `${calls}, ${closed} closed`;
}

function same(first: string, second: string): string {
  return first === second ? 'the same' : second;
}

function both(stream: string, whole: string): string {
  return stream === whole ? stream : `${stream}; ${whole}`;
}
