import { spawn } from 'node:child_process';
import { fileURLToPath } from 'node:url';

const HOOK = fileURLToPath(new URL('usage-hook.cjs', import.meta.url));

/**
 * Starts a server that prints its URL in its first line.
 * @returns its `url`, `usage()` (CPU and memory), and `stop()`
 */
export async function startServer(node, args, { env = process.env, cwd } = {}) {
  const startedAt = performance.now();
  const child = spawn(node, ['--require', HOOK, ...args], { env, cwd, stdio: ['ignore', 'pipe', 'pipe', 'ipc'] });
  let errors = '';
  child.stderr.on('data', (part) => {
    errors = (errors + part).slice(-4_000);
  });
  const url = await new Promise((resolve, reject) => {
    let out = '';
    child.stdout.on('data', (part) => {
      out += part;
      const found = /https?:\/\/\S+/.exec(out);
      if (found) resolve(found[0]);
    });
    child.on('exit', (code) => reject(new Error(`${args.join(' ')} ended with ${code}: ${errors}`)));
    child.on('error', reject);
  });
  return {
    url,
    startedAt,
    usage: () =>
      new Promise((resolve) => {
        child.once('message', resolve);
        child.send('usage');
      }),
    stop: () =>
      new Promise((resolve) => {
        child.removeAllListeners('exit');
        child.on('exit', resolve);
        child.kill('SIGKILL');
      }),
  };
}
