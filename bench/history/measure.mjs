import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { cleanRoom, runWell } from '../process.mjs';
import { startUpstream } from '../upstream.mjs';
import { COMMANDS } from './commands.mjs';
import { fillStore } from './filled-store.mjs';
import { onTerminal } from './terminal.mjs';

const MOM = fileURLToPath(new URL('../../bin/mom.js', import.meta.url));
const ASK = [MOM, 'ask', 'What is the capital of France?', '-m', 'p1/ttft=0', '-m', 'p2/ttft=0', '--critic', 'critic/ttft=0'];

/** Short questions to one model, mostly; and long ones to several. The stores of `--quick` are a tenth of these. */
const STORES = {
  many: { runs: 100_000, sizes: { question: [5, 30], answer: [10, 60] }, mixed: 0.05 },
  big: { runs: 130_000, sizes: { question: [10, 80], answer: [40, 260] }, mixed: 0.35 },
};
const LONG = 5 * 2 ** 20;
const MODELS = 400;

/** Pairs of a run that is kept and one that is not, in each round: what is measured is small beside what a process varies by. */
const PAIRS = 3;

/**
 * All promises of the history.
 * @returns samples of each round, what is measured once, and the stores
 */
export async function measureHistory(node, { rounds, quick, onRound }) {
  const upstream = await startUpstream({ models: MODELS });
  const room = cleanRoom(upstream.url);
  const places = Object.fromEntries(['none', 'many', 'big'].map((name) => [name, placeOf(room, name)]));
  try {
    // Keeps the list of models for the completion.
    await runWell(node, [MOM, 'models'], room);
    const stores = {};
    for (const [name, { runs, ...texts }] of Object.entries(STORES)) {
      stores[name] = fillStore(node, places[name].env.XDG_STATE_HOME, { runs: quick ? runs / 10 : runs, ...texts });
    }
    const bench = { node, room, places, upstream };
    await round(bench);
    const samples = [];
    for (let i = 0; i < rounds; i++) {
      samples.push(await round(bench));
      onRound(i + 1);
    }
    const once = { slowest: Math.max(...samples.map(({ manySlowest }) => manySlowest)), ...(await longAnswer(bench)) };
    return { samples, once, stores };
  } finally {
    upstream.close();
    room.remove();
  }
}

/** A room with a history of its own; the caches are those of all. */
function placeOf(room, name) {
  return { ...room, env: { ...room.env, XDG_STATE_HOME: join(room.folder, name) } };
}

/** One round: every measured process, one after the other, so that all see the same machine. */
async function round(bench) {
  const { node, room, places } = bench;
  const version = [MOM, '--version'];
  const sample = {
    version: (await runWell(node, version, room)).wall,
    versionOnTerminal: (await onTerminal(node, version, room)).wall,
  };
  for (const [name, place] of Object.entries(places)) Object.assign(sample, named(name, await asking(bench, place)));
  for (const command of COMMANDS) {
    for (const name of ['many', 'big']) sample[`${name}.${command.name}`] = await timeOf(node, command, places[name]);
  }
  Object.assign(sample, named('first', await firstCharacter(bench, 'ttft=100,markdown=600')));
  return Object.assign(sample, named('atOnce', await firstCharacter(bench, 'ttft=0,markdown=600')));
}

/** What writing a run costs, and what the history costs before the first request. */
async function asking({ node, upstream }, place) {
  const ends = { kept: [], unkept: [] };
  let first = 0;
  for (let i = 0; i < PAIRS; i++) {
    upstream.reset();
    const kept = await runWell(node, ASK, place);
    first = upstream.seen.requests[0].at - kept.startedAt;
    const unkept = await runWell(node, [...ASK, '--no-log'], place);
    ends.kept.push(kept.exitedAt - kept.lastOutputAt);
    ends.unkept.push(unkept.exitedAt - unkept.lastOutputAt);
  }
  upstream.reset();
  const continued = await runWell(node, [...ASK, '-c', '--no-log'], place);
  return {
    End: middle(ends.kept),
    EndUnkept: middle(ends.unkept),
    Slowest: Math.max(...ends.kept),
    Keeping: middle(ends.kept.map((end, i) => end - ends.unkept[i])),
    First: first,
    FirstContinued: upstream.seen.requests[0].at - continued.startedAt,
  };
}

async function timeOf(node, { args, lines, measure, onTerminal: isOnTerminal }, place) {
  const { stdout, stderr, wall } = await (isOnTerminal ? onTerminal : runWell)(node, [MOM, ...args], place);
  const printed = stdout.split('\n').length - 1;
  if (printed < lines) throw new Error(`${measure} printed ${printed} lines, not ${lines}: ${stderr}`);
  return wall;
}

/** Milliseconds from a model's first token to the first character on a terminal, with Markdown rendered and without. */
async function firstCharacter({ node, room, upstream }, model) {
  const later = { raw: [], render: [] };
  for (let i = 0; i < PAIRS; i++) {
    for (const [how, samples] of Object.entries(later)) {
      upstream.reset();
      const { firstOutputAt } = await onTerminal(node, terminalAsk(model, how), room);
      samples.push(firstOutputAt - upstream.seen.requests[0].firstTokenAt);
    }
  }
  return { Raw: middle(later.raw), Rendered: middle(later.render), Later: middle(later.render.map((time, i) => time - later.raw[i])) };
}

async function longAnswer({ node, room }) {
  const raw = await onTerminal(node, terminalAsk(`markdown=${LONG}`, 'raw'), room);
  const rendered = await onTerminal(node, terminalAsk(`markdown=${LONG}`, 'render'), room);
  return {
    longRaw: raw.wall,
    longRawPeak: raw.used.peak_mb,
    longRendered: rendered.wall,
    longRenderedPeak: rendered.used.peak_mb,
  };
}

function terminalAsk(model, how) {
  return [MOM, 'ask', 'Tell me.', '-m', `p1/${model}`, '--quiet', '--no-log', `--${how}`];
}

function named(name, values) {
  return Object.fromEntries(Object.entries(values).map(([key, value]) => [`${name}${key}`, value]));
}

function middle(numbers) {
  return numbers.toSorted((a, b) => a - b)[numbers.length >> 1];
}
