import type { Server, ServerResponse } from 'node:http';
import type { Socket } from 'node:net';
import { SWEEP_EVERY } from '../limits.js';

export interface Connections {
  /** Settles when no answer is being waited for or written. */
  answered(): Promise<void>;
  /**
   * From now on ends each connection that has had no request for a moment: one that was on its way when its client could
   * not know yet is still answered. Until the returned function is called.
   */
  endIdle(): () => void;
}

/** Knows which connections have answers to come. */
export function followConnections(server: Server): Connections {
  /** Answers to come, by connection. */
  const open = new Map<Socket, number>();
  const waiting: (() => void)[] = [];
  let answers = 0;

  function count(socket: Socket, change: number): void {
    const own = open.get(socket);
    answers += change;
    if (own !== undefined) open.set(socket, own + change);
    if (answers === 0) for (const tell of waiting.splice(0)) tell();
  }

  server.on('connection', (socket: Socket) => {
    open.set(socket, 0);
    socket.once('close', () => open.delete(socket));
  });
  server.on('request', ({ socket }: { socket: Socket }, response: ServerResponse) => {
    count(socket, 1);
    response.once('close', () => count(socket, -1));
  });
  return {
    answered: () => (answers === 0 ? Promise.resolve() : new Promise((resolve) => waiting.push(resolve))),
    endIdle() {
      let idle = new Set<Socket>();
      const sweep = setInterval(() => {
        const now = [...open].flatMap(([socket, own]) => (own === 0 ? [socket] : []));
        for (const socket of now) if (idle.has(socket)) socket.destroySoon();
        idle = new Set(now);
      }, SWEEP_EVERY);
      return () => clearInterval(sweep);
    },
  };
}
