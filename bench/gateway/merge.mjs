/** What both reference servers do beside asking: the critic's prompt, and answers in the shape of the API. */
export const proposersOf = (count, ttft) => Array.from({ length: count }, (_, i) => `vendor${i + 1}/ttft=${ttft}`);

export function critique(messages, proposals) {
  const last = messages.at(-1);
  const answers = proposals.map((text, i) => `<answer ${i + 1}>\n${text}\n</answer>`).join('\n');
  return [...messages.slice(0, -1), { ...last, content: `${last.content}\n\nMerge these answers into one:\n\n${answers}` }];
}

export const wholeBody = (text) =>
  JSON.stringify({
    id: 'chatcmpl-1',
    object: 'chat.completion',
    created: 1,
    model: 'merged',
    choices: [{ index: 0, message: { role: 'assistant', content: text }, finish_reason: 'stop' }],
  });

export const frame = (delta, finish_reason = null) =>
  `data: ${JSON.stringify({
    id: 'chatcmpl-1',
    object: 'chat.completion.chunk',
    created: 1,
    model: 'merged',
    choices: [{ index: 0, delta, finish_reason }],
  })}\n\n`;

/** A server on node:http that reads a request, calls `answer(request, send)` and sends what it makes. Prints its URL. */
export async function serve(createServer, answer) {
  const server = createServer((request, response) => {
    const parts = [];
    request.on('data', (part) => parts.push(part));
    request.on('end', async () => {
      const body = JSON.parse(Buffer.concat(parts).toString());
      if (!body.stream) {
        const text = await answer(body.messages, () => {});
        response.writeHead(200, { 'content-type': 'application/json' }).end(wholeBody(text));
        return;
      }
      response.writeHead(200, { 'content-type': 'text/event-stream' });
      response.write(frame({ role: 'assistant', content: '' }));
      await answer(body.messages, (text) => response.write(frame({ content: text })));
      response.end(`${frame({}, 'stop')}data: [DONE]\n\n`);
    });
  });
  server.keepAliveTimeout = 60_000;
  server.listen(0, '127.0.0.1', () => console.log(`http://127.0.0.1:${server.address().port}/v1`));
}
