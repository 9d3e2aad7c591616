/** What one would write by hand with the openai package: the same 3 + 1 calls, all defaults. node reference.mjs BASE_URL TTFT_MS */
import OpenAI from 'openai';

const [baseURL, ttft] = process.argv.slice(2);
const client = new OpenAI({ baseURL, apiKey: 'bench' });
const ask = async (model, content) => {
  const completion = await client.chat.completions.create({ model, messages: [{ role: 'user', content }] });
  return completion.choices[0].message.content;
};
const question = 'What is the capital of France?';
const proposals = await Promise.all(['p1', 'p2', 'p3'].map((vendor) => ask(`${vendor}/ttft=${ttft}`, question)));
const critique = `${question}\n\nMerge these answers into one:\n\n${proposals.map((text, i) => `<answer ${i + 1}>\n${text}\n</answer>`).join('\n')}`;
console.log(await ask(`critic/ttft=${ttft}`, critique));
