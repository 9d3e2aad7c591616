import { once } from 'node:events';
import { connect, type Socket } from 'node:net';

/** A client that speaks HTTP by hand. */
export interface Wire {
  socket: Socket;
  send(...lines: string[]): void;
  /** All that has come, once it holds `text`. */
  until(text: string): Promise<string>;
  /** All that has come, once the server has closed the connection. */
  end(): Promise<string>;
}

export async function openWire(port: number, allowHalfOpen = false): Promise<Wire> {
  const socket = connect({ port, host: '127.0.0.1', allowHalfOpen });
  let text = '';
  let isOver = false;
  const waiting = new Set<() => void>();
  const tell = () => {
    for (const look of waiting) look();
  };
  socket.setEncoding('utf8');
  socket.on('data', (chunk: string) => {
    text += chunk;
    tell();
  });
  socket.on('error', () => undefined);
  for (const event of ['end', 'close']) {
    socket.on(event, () => {
      isOver = true;
      tell();
    });
  }
  await once(socket, 'connect');

  const when = (holds: () => boolean) =>
    new Promise<string>((resolve, reject) => {
      const look = () => {
        if (!holds() && !isOver) return;
        waiting.delete(look);
        if (holds()) resolve(text);
        else reject(new Error(`the connection ended after ${JSON.stringify(text)}`));
      };
      waiting.add(look);
      look();
    });
  return {
    socket,
    send: (...lines) => void socket.write(lines.join('\r\n')),
    until: (part) => when(() => text.includes(part)),
    end: () => when(() => isOver),
  };
}

/** The lines of a request to the chat endpoint. */
export function chatRequest(body: string, ...headers: string[]): string[] {
  return [
    'POST /v1/chat/completions HTTP/1.1',
    'host: 127.0.0.1',
    'content-type: application/json',
    `content-length: ${Buffer.byteLength(body)}`,
    ...headers,
    '',
    body,
  ];
}
