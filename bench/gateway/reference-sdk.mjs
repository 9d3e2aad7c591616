/** The same fan-out server on the openai package with all its defaults. node reference-sdk.mjs BASE_URL PROPOSERS TTFT_MS */
import { createServer } from 'node:http';
import OpenAI from 'openai';
import { critique, proposersOf, serve } from './merge.mjs';

const [baseURL, count, ttft] = process.argv.slice(2);
const client = new OpenAI({ baseURL, apiKey: 'bench' });

/** One streamed call; resolves with the whole text. */
async function ask(model, messages, onText = () => {}) {
  let text = '';
  for await (const chunk of await client.chat.completions.create({ model, messages, stream: true })) {
    const content = chunk.choices[0]?.delta.content;
    if (!content) continue;
    text += content;
    onText(content);
  }
  return text;
}

await serve(createServer, async (messages, send) => {
  const proposals = await Promise.all(proposersOf(Number(count), ttft).map((model) => ask(model, messages)));
  return ask(`critic/ttft=${ttft}`, critique(messages, proposals), send);
});
