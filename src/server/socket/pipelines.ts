import type { IncomingMessage, Server, ServerResponse } from 'node:http';
import type { Socket } from 'node:net';

/**
 * A client may send several requests before it reads the first answer. When its connection closes, node tells only the
 * answer that is being written; here those that wait behind it are told too, or their runs would go on for nobody.
 */
export function closeWaitingAnswers(server: Server): void {
  const open = new WeakMap<Socket, Set<ServerResponse>>();

  server.on('connection', (socket: Socket) => {
    const answers = new Set<ServerResponse>();
    open.set(socket, answers);
    socket.once('close', () => {
      for (const answer of answers) if (!answer.closed) answer.destroy().emit('close');
    });
  });
  server.on('request', ({ socket }: IncomingMessage, answer: ServerResponse) => {
    const answers = open.get(socket);
    answers?.add(answer);
    answer.once('close', () => answers?.delete(answer));
  });
}
