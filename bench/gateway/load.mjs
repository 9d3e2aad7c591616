import { Agent, request } from 'node:http';

const MESSAGES = [
  { role: 'system', content: 'You are a helpful assistant.' },
  { role: 'user', content: 'Compare two ways to cut an apple, and say which is the better one for a pie.' },
];

/** One request; resolves with when it started, its first text came and it ended (`performance.now()`), and what it said. */
export function ask(url, agent, { model = 'mom', stream = false } = {}) {
  return new Promise((resolve, reject) => {
    const startedAt = performance.now();
    const body = JSON.stringify({ model, messages: MESSAGES, stream });
    const headers = { 'content-type': 'application/json', 'content-length': Buffer.byteLength(body) };
    const call = request(`${url}/chat/completions`, { method: 'POST', agent, headers }, (response) => {
      response.setEncoding('utf8');
      let firstTextAt = 0;
      let text = '';
      response.on('data', (part) => {
        text += part;
        if (firstTextAt === 0 && /"content":"[^"]/.test(text)) firstTextAt = performance.now();
      });
      response.on('error', reject);
      response.on('end', () => {
        const whole = response.statusCode === 200 && (stream ? text.includes('[DONE]') : text.endsWith('}'));
        if (whole) resolve({ startedAt, firstTextAt, endedAt: performance.now() });
        else reject(new Error(`no whole answer (${response.statusCode}): ${text.slice(-500)}`));
      });
    });
    call.on('error', reject);
    call.end(body);
  });
}

/** `total` requests over so many kept connections, each of which asks again as soon as it has its answer. */
export async function load({ url, model }, { connections, total, stream = false }) {
  const agent = new Agent({ keepAlive: true, maxSockets: connections });
  const startedAt = performance.now();
  const results = [];
  let left = total;
  const worker = async () => {
    while (left-- > 0) results.push(await ask(url, agent, { model, stream }));
  };
  await Promise.all(Array.from({ length: connections }, worker));
  agent.destroy();
  const times = results.map(({ startedAt: from, endedAt }) => endedAt - from).sort((a, b) => a - b);
  return { perSecond: total / ((performance.now() - startedAt) / 1000), p50: times[times.length >> 1], results };
}
