import type { Service } from '../../app/service/service.js';
import { openLogStream } from '../../observe/log-stream.js';
import { createRedactor } from '../../observe/redact.js';
import { createRequestLog, type RequestLog } from '../../observe/request-log.js';
import { logLine } from './log-line.js';

const STDERR = 2;

/** The log of a gateway on stderr. */
export interface OperatorLog extends RequestLog {
  /** Takes the keys out of a text. */
  clean(text: string): string;
  /** From now on this service's keys are kept out too. */
  follow(service: Service): void;
  /** From now on this key is kept out. */
  hide(key: string): void;
  /** Resolves when all lines are written, or nobody takes them. */
  close(): Promise<void>;
}

/** Readable on a terminal, else JSON. @param quiet only what failed */
export function openOperatorLog({ isTerminal, quiet }: { isTerminal: boolean; quiet: boolean }): OperatorLog {
  const stream = openLogStream(STDERR);
  // Keys that were in use stay out: a request that began before a reload may still show one.
  const secrets = new Set<string>();
  let redactor = createRedactor([]);
  const clean = (text: string) => redactor.clean(text);
  const log = createRequestLog({
    write: stream.write,
    clean,
    readable: isTerminal ? logLine : null,
    level: quiet ? 'error' : 'info',
  });
  const hide = (...keys: readonly string[]) => {
    for (const key of keys) secrets.add(key);
    redactor = createRedactor([...secrets]);
  };
  return {
    ...log,
    clean,
    follow: (service) => hide(...service.secrets),
    hide: (key) => hide(key),
    close: stream.close,
  };
}
