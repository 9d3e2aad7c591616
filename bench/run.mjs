/**
 * npm run bench -- [--quick] [--rounds N] [--node PATH]... [--only ask|history|gateway|eval]
 * Prints every promise with its must, its goal and what was measured; exits with 1 when a must does not hold.
 */
import { execFileSync } from 'node:child_process';
import { parseArgs } from 'node:util';
import { measureEval, measureStatistics } from './eval/measure.mjs';
import { EVAL_ROWS } from './eval/rows.mjs';
import { measureGateway } from './gateway/measure.mjs';
import { GATEWAY_ROWS } from './gateway/rows.mjs';
import { measureHistory } from './history/measure.mjs';
import { HISTORY_ROWS } from './history/rows.mjs';
import { measureOnce } from './once.mjs';
import { cleanRoom } from './process.mjs';
import { report } from './report.mjs';
import { round } from './rounds.mjs';
import { ROWS } from './rows.mjs';
import { startUpstream } from './upstream.mjs';

const { values: flags } = parseArgs({
  options: {
    quick: { type: 'boolean' },
    rounds: { type: 'string' },
    node: { type: 'string', multiple: true },
    only: { type: 'string' },
  },
});
const rounds = Number(flags.rounds ?? (flags.quick ? 3 : 15));
/** A round of the gateway is hundreds of requests long. */
const gatewayRounds = Math.min(rounds, 5);
/** One of an evaluation is thousands of runs long. */
const evalRounds = Math.min(rounds, 3);

function showRound(number) {
  if (process.stderr.isTTY) process.stderr.write(`\rround ${number} of ${rounds}\x1b[K${number === rounds ? '\r\x1b[K' : ''}`);
}

async function measureAsk(node) {
  const upstream = await startUpstream();
  const room = cleanRoom(upstream.url);
  try {
    await round(node, room, upstream);
    const samples = [];
    for (let i = 0; i < rounds; i++) {
      samples.push(await round(node, room, upstream));
      showRound(i + 1);
    }
    return samples;
  } finally {
    upstream.close();
    room.remove();
  }
}

async function reportAsk(node) {
  console.log(`\nmom ask: medians of ${rounds} interleaved rounds after one that fills mom's code cache\n`);
  const once = measureOnce(node);
  const holds = report(ROWS, await measureAsk(node), once);
  const each = Object.entries(once.strategies).map(([strategy, ms]) => `${strategy} ${ms.toFixed(2)}`);
  console.log(`\nms a run besides its models: ${each.join(', ')}`);
  return holds;
}

async function reportHistory(node) {
  console.log(`\nhistory: medians of ${rounds} interleaved rounds after one that fills mom's code cache\n`);
  const { samples, once, stores } = await measureHistory(node, { rounds, quick: flags.quick, onRound: showRound });
  for (const [name, { runs, mb, seconds }] of Object.entries(stores)) {
    console.log(
      `${name === 'many' ? 'many runs' : 'big store'}: ${runs.toLocaleString('en')} runs, ${mb.toFixed(0)} MB, filled in ${seconds.toFixed(0)} s`,
    );
  }
  console.log();
  return report(HISTORY_ROWS, samples, once);
}

async function reportGateway(node) {
  console.log(
    `\nmom serve: medians of ${gatewayRounds} rounds after one to warm up; both references stream every upstream call, as mom does\n`,
  );
  const { samples, once } = await measureGateway(node, { rounds: gatewayRounds, quick: flags.quick });
  const rows = flags.quick ? GATEWAY_ROWS.filter((row) => !row.long) : GATEWAY_ROWS;
  return report(rows, samples, once);
}

async function reportEval(node) {
  console.log(`\nmom eval: medians of ${evalRounds} rounds, nothing kept, the sandbox in a process of its own\n`);
  const holds = report(EVAL_ROWS, await measureEval(node, { rounds: evalRounds }), {});
  const steps = Object.entries(measureStatistics(node)).map(([step, ms]) => `${step} ${ms}`);
  console.log(`\nms of the statistics of 10,000 judgements, each with a preference of its own: ${steps.join(', ')}`);
  return holds;
}

const PARTS = { ask: reportAsk, history: reportHistory, gateway: reportGateway, eval: reportEval };
for (const node of flags.node ?? [process.execPath]) {
  console.log(`\nNode ${execFileSync(node, ['--version'], { encoding: 'utf8' }).trim()}`);
  for (const name of flags.only === undefined ? Object.keys(PARTS) : [flags.only]) if (!(await PARTS[name](node))) process.exitCode = 1;
}
