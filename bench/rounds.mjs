import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { run, runWell } from './process.mjs';

const MOM = fileURLToPath(new URL('../bin/mom.js', import.meta.url));
const REFERENCE = fileURLToPath(new URL('reference.mjs', import.meta.url));
const PROMPT = 'What is the capital of France?';
const LONG_PROMPT = 'All work and no play makes Jack a dull boy.\n'.repeat(Math.ceil((5 * 2 ** 20) / 44));

/** `mom ask` with n proposers and one critic, each answering after `ttft` ms. */
function ask(n, ttft) {
  const proposers = Array.from({ length: n }, (_, i) => ['-m', `p${i + 1}/ttft=${ttft}`]).flat();
  return [MOM, 'ask', PROMPT, ...proposers, '--critic', `critic/ttft=${ttft}`];
}

const arrivals = ({ seen }) => seen.requests.map(({ at }) => at);

/**
 * What mom adds between the slowest proposer's last byte and the answer's first character, the critic's own time taken out:
 * the end of the proposals to the critic's request, and the critic's first token to stdout. The upstream stamps its side
 * with the clock of this process, so that its own timers and writing time don't count.
 */
function delayOfAnswer({ firstOutputAt }, { seen }) {
  const proposers = seen.requests.slice(0, 3);
  const critic = seen.requests[3];
  return critic.at - Math.max(...proposers.map(({ endedAt }) => endedAt)) + (firstOutputAt - critic.firstTokenAt);
}

/** Interrupts mom once all its requests have arrived; milliseconds until the last connection is closed. */
async function abort(node, room, upstream, n) {
  const models = Array.from({ length: n }, (_, i) => ['-m', `p${i + 1}/hang`]).flat();
  let interruptedAt = 0;
  const result = await run(node, [MOM, 'ask', PROMPT, ...models, '--critic', 'critic/hang'], room, {
    onStart(child) {
      const watch = setInterval(() => {
        if (upstream.seen.requests.length < n) return;
        clearInterval(watch);
        interruptedAt = performance.now();
        child.kill('SIGINT');
      }, 5);
      child.on('exit', () => clearInterval(watch));
    },
  });
  if (interruptedAt === 0) throw new Error(`mom ended before its requests had left: ${result.stderr}`);
  while (upstream.seen.sockets.size > 0) await new Promise((resolve) => setTimeout(resolve, 1));
  return upstream.seen.closedAt - interruptedAt;
}

/** A question that is answered from the cache, and the same asked anew: the same command line and configuration. */
async function cached(fresh, room, upstream) {
  const config = join(room.folder, 'cache.yaml');
  writeFileSync(config, 'cache: { ttl: 1h }\n');
  const args = [...ask(3, 0), '--config', config];
  await fresh(args);
  const hit = await fresh(args);
  if (upstream.seen.requests.length > 0) throw new Error('the answer did not come from the cache');
  const asked = await fresh([...args, '--no-cache']);
  return { hit: hit.firstOutputAt - hit.startedAt, firstRequest: Math.min(...arrivals(upstream)) - asked.startedAt };
}

/** One round: every measured process once, one after the other, so that all see the same machine. */
export async function round(node, room, upstream) {
  const { url } = upstream;
  const fresh = (args, options) => {
    upstream.reset();
    return runWell(node, args, room, options);
  };
  const sample = {};
  sample.bare = (await fresh(['-e', '0'])).wall;
  sample.version = (await fresh([MOM, '--version'])).wall;
  sample.help = (await fresh([MOM, '--help'])).wall;

  sample.reference0 = (await fresh([REFERENCE, url, '0'])).wall;
  const mom0 = await fresh(ask(3, 0));
  sample.mom0 = mom0.wall;
  sample.firstRequest = Math.min(...arrivals(upstream)) - mom0.startedAt;
  sample.calls = upstream.seen.requests.length;

  const { hit, firstRequest } = await cached(fresh, room, upstream);
  sample.cacheHit = hit;
  sample.firstRequestOfConfig = firstRequest;

  sample.reference300 = (await fresh([REFERENCE, url, '300'])).wall;
  const mom300 = await fresh(ask(3, 300));
  sample.mom300 = mom300.wall;
  sample.firstCharacter = delayOfAnswer(mom300, upstream);

  await fresh(ask(8, 0));
  const proposers = arrivals(upstream).slice(0, 8);
  sample.spread = Math.max(...proposers) - Math.min(...proposers);

  sample.hundred0 = (await fresh(ask(100, 0))).wall;
  sample.hundred300 = (await fresh(ask(100, 300))).wall;

  sample.referenceCpu = (await fresh([REFERENCE, url, '0'], { usage: true })).used.cpu_ms;
  sample.momCpu = (await fresh(ask(3, 0), { usage: true })).used.cpu_ms;
  sample.longPromptPeak = (await fresh(ask(3, 0), { usage: true, input: LONG_PROMPT })).used.peak_mb;

  upstream.reset();
  sample.abort = await abort(node, room, upstream, 3);
  return sample;
}
