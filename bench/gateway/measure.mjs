import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { Agent } from 'node:http';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { runWell } from '../process.mjs';
import { ask, load } from './load.mjs';
import { proposersOf } from './merge.mjs';
import { startServer } from './server.mjs';

const file = (name) => fileURLToPath(new URL(name, import.meta.url));
const MOM = file('../../bin/mom.js');

const mixture = (proposers, critic) => ({ proposers, critic, strategy: 'fuse' });
const CONFIG = {
  mixture: 'zero',
  mixtures: {
    zero: mixture(proposersOf(3, 0), 'critic/ttft=0'),
    hundred: mixture(proposersOf(3, 100), 'critic/ttft=100'),
    fifty: mixture(proposersOf(50, 0), 'critic/ttft=0'),
    uneven: mixture(['vendor1/ttft=100', 'vendor2/ttft=200', 'vendor3/ttft=300'], 'critic/ttft=100'),
    slow: mixture(proposersOf(3, 0), 'critic/ttft=0,gap=40'),
  },
};
/** Milliseconds to the first text of `uneven` at the earliest. */
const EARLIEST = 400;

/** An empty folder as home and working directory of every mom. */
function cleanRoom(upstreamUrl) {
  const folder = mkdtempSync(join(tmpdir(), 'mom-bench-'));
  const config = join(folder, 'bench.yaml');
  writeFileSync(config, JSON.stringify(CONFIG));
  const env = { PATH: process.env.PATH, HOME: folder, TMPDIR: folder, MOM_BASE_URL: upstreamUrl, MOM_API_KEY: 'bench' };
  return {
    folder,
    env,
    serve: (node, ...flags) => startServer(node, [MOM, 'serve', '--port', '0', '--config', config, ...flags], { env, cwd: folder }),
    remove: () => rmSync(folder, { recursive: true, force: true }),
  };
}

/** CPU milliseconds of the server per request, while `work` makes so many. */
async function cpuPer(server, requests, work) {
  const before = await server.usage();
  await work();
  const after = await server.usage();
  return (after.cpuMs - before.cpuMs) / requests;
}

/** One round of everything that is a ratio of two servers, one after the other; of one without `hundred` only its CPU. */
async function round(servers, size) {
  const sample = {};
  for (const [name, { zero, hundred }] of Object.entries(servers)) {
    for (const stream of [false, true]) {
      const how = stream ? 'Stream' : 'Whole';
      sample[`${name}Cpu${how}`] = await cpuPer(zero.server, size, () => load(zero, { connections: 16, total: size, stream }));
    }
    if (hundred === null) continue;
    sample[`${name}One`] = (await load(zero, { connections: 1, total: size >> 2 })).p50;
    sample[`${name}Rate`] = (await load(zero, { connections: 64, total: size * 2 })).perSecond;
    sample[`${name}P50`] = (await load(hundred, { connections: 64, total: size })).p50 - 200;
    sample[`${name}P50of16`] = (await load(hundred, { connections: 16, total: size >> 1 })).p50 - 200;
  }
  return sample;
}

async function firstToken(url, times) {
  const agent = new Agent({ keepAlive: true });
  const samples = [];
  for (let i = 0; i < times; i++) {
    const { startedAt, firstTextAt } = await ask(url, agent, { model: 'mom/uneven', stream: true });
    samples.push(firstTextAt - startedAt);
  }
  agent.destroy();
  return samples.toSorted((a, b) => a - b)[times >> 1] / EARLIEST;
}

async function memoryOf300(room, node) {
  const mom = await room.serve(node);
  const agent = new Agent({ keepAlive: true });
  await Promise.all(Array.from({ length: 300 }, () => ask(mom.url, agent, { model: 'mom/slow', stream: true })));
  agent.destroy();
  const { peakMb } = await mom.usage();
  await mom.stop();
  return peakMb;
}

/** Memory after many requests against memory after a twentieth of them. */
async function memoryGrowth(room, node, many) {
  const mom = await room.serve(node);
  const step = many / 40;
  await load(mom, { connections: 16, total: step });
  const early = await memoryDuring(mom, step);
  await load(mom, { connections: 16, total: many - 3 * step });
  const late = await memoryDuring(mom, step);
  await mom.stop();
  return { early, late };
}

/** The median while so many requests are answered: a single reading is off by what garbage happens to wait for its collection. */
async function memoryDuring(mom, total) {
  const samples = [];
  let isOver = false;
  const requests = load(mom, { connections: 16, total }).finally(() => {
    isOver = true;
  });
  while (!isOver) {
    samples.push((await mom.usage()).rssMb);
    await new Promise((resolve) => setTimeout(resolve, 20));
  }
  await requests;
  return samples.toSorted((a, b) => a - b)[samples.length >> 1];
}

/** CPU per request with 50 proposers against 3, per upstream call. */
async function growth(mom, size) {
  const agent = new Agent({ keepAlive: true });
  const many = async (model, total) => {
    for (let i = 0; i < total; i++) await ask(mom.url, agent, { model });
  };
  const three = await cpuPer(mom, size, () => many('mom/zero', size));
  const fifty = await cpuPer(mom, size, () => many('mom/fifty', size));
  agent.destroy();
  return fifty / three / (51 / 4);
}

async function callsPerRequest(mom, upstreamUrl) {
  const seen = async () => (await (await fetch(upstreamUrl.replace('/v1', '/__seen'))).json()).requests;
  await seen();
  await load(mom, { connections: 4, total: 20 });
  return (await seen()) / 20;
}

async function startToAnswer(room, node) {
  const mom = await room.serve(node);
  const { endedAt } = await ask(mom.url, new Agent());
  await mom.stop();
  return (endedAt - mom.startedAt) / 1000;
}

/** CPU milliseconds for each run that is taken into the store, by a process of its own. */
async function importCpu(upstreamUrl, node, total) {
  const room = cleanRoom(upstreamUrl);
  try {
    const mom = await room.serve(node);
    await load(mom, { connections: 16, total });
    await mom.stop();
    const { used } = await runWell(node, [MOM, 'logs', 'import'], room, { usage: true });
    return used.cpu_ms / total;
  } finally {
    room.remove();
  }
}

/**
 * All promises of the gateway.
 * @returns samples of each round, and what is measured once
 */
export async function measureGateway(node, { rounds, quick }) {
  const upstream = await startServer(node, [file('upstream.mjs')]);
  const room = cleanRoom(upstream.url);
  const running = [];
  const start = async (name, ttft) => {
    const server = await startServer(node, [file(name), upstream.url, '3', String(ttft)]);
    running.push(server);
    return { server, url: server.url };
  };
  try {
    const mom = await room.serve(node);
    running.push(mom);
    // As much is asked of the one as of the other: a server that has answered more is faster.
    const [kept, unkept] = [await room.serve(node), await room.serve(node, '--no-log')];
    running.push(kept, unkept);
    const servers = {
      http: { zero: await start('reference-http.mjs', 0), hundred: await start('reference-http.mjs', 100) },
      sdk: { zero: await start('reference-sdk.mjs', 0), hundred: await start('reference-sdk.mjs', 100) },
      mom: { zero: { server: mom, url: mom.url }, hundred: { server: mom, url: mom.url, model: 'mom/hundred' } },
      kept: { zero: { server: kept, url: kept.url }, hundred: null },
      unkept: { zero: { server: unkept, url: unkept.url }, hundred: null },
    };
    const size = quick ? 100 : 400;
    await round(servers, size);
    const samples = [];
    for (let i = 0; i < rounds; i++) samples.push(await round(servers, size));
    const memory = quick ? null : await memoryGrowth(room, node, 20_000);
    const once = {
      firstToken: await firstToken(mom.url, quick ? 5 : 15),
      growth: await growth(mom, quick ? 20 : 100),
      calls: await callsPerRequest(mom, upstream.url),
      of300: await memoryOf300(room, node),
      start: await startToAnswer(room, node),
      importCpu: await importCpu(upstream.url, node, size * 4),
      ...(memory && { memoryEarly: memory.early, memoryLate: memory.late }),
    };
    return { samples, once };
  } finally {
    for (const server of running) await server.stop();
    await upstream.stop();
    room.remove();
  }
}
