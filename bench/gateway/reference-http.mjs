/** A fan-out server by hand on bare node:http: n proposers at once, then a critic. node reference-http.mjs BASE_URL PROPOSERS TTFT_MS */
import { Agent, createServer, request } from 'node:http';
import { critique, proposersOf, serve } from './merge.mjs';

const [baseUrl, count, ttft] = process.argv.slice(2);
const url = new URL(`${baseUrl}/chat/completions`);
const agent = new Agent({ keepAlive: true });

/** One streamed call; resolves with the whole text. */
function ask(model, messages, onText = () => {}) {
  return new Promise((resolve, reject) => {
    const call = request(url, { method: 'POST', agent, headers: { 'content-type': 'application/json' } }, (response) => {
      response.setEncoding('utf8');
      let rest = '';
      let text = '';
      response.on('data', (part) => {
        const lines = (rest + part).split('\n');
        rest = lines.pop();
        for (const line of lines) {
          if (!line.startsWith('data: ') || line === 'data: [DONE]') continue;
          const content = JSON.parse(line.slice(6)).choices[0]?.delta.content;
          if (!content) continue;
          text += content;
          onText(content);
        }
      });
      response.on('end', () => resolve(text));
      response.on('error', reject);
    });
    call.on('error', reject);
    call.end(JSON.stringify({ model, messages, stream: true }));
  });
}

await serve(createServer, async (messages, send) => {
  const proposals = await Promise.all(proposersOf(Number(count), ttft).map((model) => ask(model, messages)));
  return ask(`critic/ttft=${ttft}`, critique(messages, proposals), send);
});
