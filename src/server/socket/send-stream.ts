import type { ServerResponse } from 'node:http';

/**
 * Writes a streamed answer as it comes and as fast as the client reads. The adapter would do it too, but prints each stream
 * that breaks, also the ones of clients that went away; here the connection is closed without a word, so that no client
 * takes what it has for the whole.
 */
export function sendStream({ status, headers }: Response, body: ReadableStream<Uint8Array>, outgoing: ServerResponse): void {
  const reader = body.getReader();
  const next = () => void reader.read().then(write, cut);
  const cut = () => void outgoing.destroy();
  let hasBegun = false;

  function write({ done, value }: { done: boolean; value?: Uint8Array | undefined }): void {
    hasBegun = true;
    if (done) outgoing.end();
    else if (outgoing.write(value)) next();
    else outgoing.once('drain', next);
  }

  outgoing.once('close', () => void reader.cancel().catch(cut));
  outgoing.writeHead(status, Object.fromEntries(headers));
  next();
  // What is there at once leaves together with the head, which waits for nothing else.
  setImmediate(() => {
    if (!hasBegun) outgoing.flushHeaders();
  });
}
