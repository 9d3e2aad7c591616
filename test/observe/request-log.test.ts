import { execFileSync } from 'node:child_process';
import { closeSync, constants, mkdtempSync, openSync, readFileSync, readSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { logLine } from '../../src/cli/serve/log-line.js';
import type { RequestReport } from '../../src/core/request-report.js';
import { openLogStream } from '../../src/observe/log-stream.js';
import { createRedactor } from '../../src/observe/redact.js';
import { createRequestLog, type RequestLogOptions } from '../../src/observe/request-log.js';

const SECRET = 'sk-canary-0123456789abcdef';

const REPORT: RequestReport = {
  id: 'req-1',
  method: 'POST',
  path: '/v1/chat/completions',
  client: 'laptop',
  status: 200,
  durationMs: 14_049.6,
  firstTokenMs: 3_200.4,
  model: 'mom',
  mixture: 'default',
  strategy: 'fuse',
  runId: 'run-1',
  runStatus: 'complete',
  usage: { input_tokens: 6_000, output_tokens: 200, reasoning_tokens: 0, cached_input_tokens: 0 },
  costUsd: 0.11,
  error: null,
};

const REFUSED: RequestReport = {
  ...REPORT,
  client: null,
  status: 401,
  durationMs: 1.2,
  firstTokenMs: null,
  model: null,
  mixture: null,
  strategy: null,
  runId: null,
  runStatus: null,
  usage: null,
  costUsd: null,
  error: { code: 'unauthorized', message: 'the key is wrong' },
};

function written(tell: (log: ReturnType<typeof createRequestLog>) => void, options: Partial<RequestLogOptions> = {}): string[] {
  const lines: string[] = [];
  const { clean } = createRedactor([SECRET]);
  tell(createRequestLog({ write: (line) => lines.push(line), clean, readable: null, ...options }));
  for (const line of lines) expect(line.endsWith('\n')).toBe(true);
  return lines.map((line) => line.trimEnd());
}

const json = (tell: Parameters<typeof written>[0], options = {}) =>
  written(tell, options).map((line) => JSON.parse(line) as Record<string, unknown>);

/** With the time of day, which differs from zone to zone, as `TIME`. */
const readable = (tell: Parameters<typeof written>[0]) =>
  written(tell, { readable: logLine }).map((line) => line.replace(/^\d\d:\d\d:\d\d /, 'TIME '));

describe('as JSON', () => {
  it('a request is one object with whose it was, what it asked, what became of it and what it cost', () => {
    const [line] = json((log) => log.request(REPORT));
    expect(line).toEqual({
      level: 'info',
      time: expect.stringMatching(/^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{3}Z$/),
      request: 'req-1',
      run: 'run-1',
      client: 'laptop',
      method: 'POST',
      path: '/v1/chat/completions',
      model: 'mom',
      mixture: 'default',
      strategy: 'fuse',
      status: 200,
      outcome: 'complete',
      ms: 14_050,
      first_token_ms: 3_200,
      input_tokens: 6_000,
      output_tokens: 200,
      cost_usd: 0.11,
      msg: 'request',
    });
  });

  it('what is unknown or does not apply is left out, an unknown cost too', () => {
    const [line] = json((log) => log.request(REFUSED));
    expect(Object.keys(line ?? {})).toEqual(['level', 'time', 'request', 'method', 'path', 'status', 'ms', 'error', 'msg']);
    expect(line?.error).toEqual({ code: 'unauthorized', message: 'the key is wrong' });
  });

  it('the level says whose trouble it is', () => {
    const levels = json((log) => {
      log.request(REPORT);
      log.request(REFUSED);
      log.request({ ...REPORT, runStatus: 'degraded' });
      log.request({ ...REPORT, status: 402, runStatus: null, error: { code: 'cost_cap', message: 'the budget is used up' } });
      log.request({ ...REPORT, status: 502, runStatus: 'failed' });
      log.request({ ...REPORT, status: 200, runStatus: 'failed' });
      log.note('the configuration was read again');
      log.warn('the configuration is wrong; the old one stays in force');
    }).map(({ level }) => level);
    expect(levels).toEqual(['info', 'info', 'warn', 'warn', 'error', 'error', 'info', 'warn']);
  });

  it('a log of errors alone tells nothing else', () => {
    const lines = json(
      (log) => {
        log.request(REPORT);
        log.note('started');
        log.warn('odd');
        log.request({ ...REPORT, status: 500, runStatus: null });
      },
      { level: 'error' },
    );
    expect(lines.map(({ status }) => status)).toEqual([500]);
  });

  it('no text that a client chose breaks the line or grows without end', () => {
    const [line] = written((log) => log.request({ ...REPORT, model: `a\nb"${'x'.repeat(5_000)}` }));
    expect(line).not.toContain('\n');
    expect((JSON.parse(line ?? '') as { model: string }).model).toBe(`a\nb"${'x'.repeat(996)}…`);
  });

  it('no key shows in half where a text is cut', () => {
    const [line] = written((log) => log.request({ ...REPORT, model: `${'x '.repeat(495)}${SECRET}` }));
    expect(line).not.toContain(SECRET.slice(0, 5));
  });
});

describe('for people', () => {
  it('a request is one short line', () => {
    expect(
      readable((log) => {
        log.request(REPORT);
        log.request({ ...REPORT, client: 'local', runStatus: 'degraded', costUsd: null, firstTokenMs: null, usage: null });
        log.request(REFUSED);
      }),
    ).toEqual([
      'TIME 200 mom · default fuse · complete · 14 s · first word after 3 s · 6.2k tokens · $0.11 · laptop · run run-1',
      'TIME 200 mom · default fuse · degraded · 14 s · cost unknown · run run-1',
      'TIME 401 POST /v1/chat/completions · 1 ms · unauthorized: the key is wrong',
    ]);
  });

  it('notes and warnings are sentences', () => {
    expect(
      readable((log) => {
        log.note('the configuration was read again');
        log.warn('something is odd');
      }),
    ).toEqual(['TIME the configuration was read again', 'TIME warning: something is odd']);
  });

  it('nothing that a client or a provider says can drive the terminal or make a second line', () => {
    const evil = '\u001b]0;owned\u0007\u001b[2Jmodel\nTIME 200 forged\u009b31m';
    const [line] = readable((log) => log.request({ ...REPORT, model: evil, error: { code: 'provider_error', message: evil } }));
    expect(line).toBe(
      'TIME 200 model TIME 200 forged · default fuse · complete · 14 s · first word after 3 s · 6.2k tokens · $0.11 · laptop · run run-1 · provider_error: model TIME 200 forged',
    );
  });
});

it('secrets are in no field of either form, known ones and what looks like one', () => {
  const told = (log: ReturnType<typeof createRequestLog>) => {
    const other = 'sk-or-v1-00112233445566778899';
    log.request({
      ...REPORT,
      id: SECRET,
      client: SECRET,
      method: SECRET,
      path: `/v1/${SECRET}`,
      model: `${SECRET} ${other}`,
      mixture: SECRET,
      error: { code: 'key_refused', message: `401: Bearer ${SECRET} ${other}` },
    });
    log.note(`note ${SECRET}`);
    log.warn(`warning ${SECRET} ${other}`);
  };
  const all = [...written(told), ...written(told, { readable: logLine })].join('\n');
  expect(all).toContain('[redacted]');
  expect(all).not.toContain('canary');
  expect(all).not.toContain('00112233');
});

describe('the stream of lines', () => {
  let dir: string;
  beforeAll(() => {
    dir = mkdtempSync(join(tmpdir(), 'mom-log-'));
  });
  afterAll(() => rmSync(dir, { recursive: true }));

  it('keeps their order, and has written all when it is closed', async () => {
    const file = join(dir, 'log');
    const fd = openSync(file, 'w');
    const stream = openLogStream(fd);
    const lines = Array.from({ length: 500 }, (_, i) => `line ${i}\n`);
    for (const line of lines) stream.write(line);
    await stream.close();
    closeSync(fd);
    expect(readFileSync(file, 'utf8')).toBe(lines.join(''));
  });

  it('goes on without a reader that has gone', async () => {
    const fd = openSync(join(dir, 'log'), 'r');
    const stream = openLogStream(fd);
    stream.write('nobody can take this\n');
    await stream.close();
    stream.write('nor this\n');
    await stream.close();
    closeSync(fd);
  }, 5_000);

  it('neither waits for a reader that does not read nor keeps everything for it, and goes on when it reads again', async () => {
    const pipe = join(dir, 'pipe');
    execFileSync('mkfifo', [pipe]);
    const fd = openSync(pipe, constants.O_RDWR | constants.O_NONBLOCK);
    const stream = openLogStream(fd);
    const line = `${'x'.repeat(1_023)}\n`;
    for (let i = 0; i < 4_096; i++) stream.write(line);
    await stream.close();
    const bytes = Buffer.alloc(65_536);
    const read = () => {
      try {
        return readSync(fd, bytes);
      } catch {
        return 0;
      }
    };
    // One megabyte of the four that were written was kept.
    for (let got = 0; got < 1_048_576; got += read()) await new Promise((resolve) => setImmediate(resolve));
    await stream.close();
    expect(read()).toBe(0);
    stream.write('the next one\n');
    await stream.close();
    expect(bytes.toString('utf8', 0, read())).toBe('the next one\n');
    closeSync(fd);
  }, 10_000);
});
