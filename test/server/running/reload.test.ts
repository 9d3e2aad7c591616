import { mkdirSync, mkdtempSync, renameSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import type { Service } from '../../../src/app/service/service.js';
import { systemClock } from '../../../src/core/clock.js';
import { MomError } from '../../../src/core/error.js';
import { createReloader, type Reloader } from '../../../src/server/running/reload.js';
import { createServiceHolder } from '../../../src/server/running/services.js';
import { fakeObservers, fakeService, serveKey } from '../../support/gateway.js';

let reloader: Reloader | null = null;
let folder = '';

beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'mom-reload-'));
});

afterEach(async () => {
  await reloader?.close();
  rmSync(folder, { recursive: true });
});

function start(open: () => Promise<Service>, files: readonly string[] = [], accept: (service: Service) => void = () => {}) {
  const { told, log } = fakeObservers();
  const first = fakeService({}, { configFiles: files });
  const holder = createServiceHolder(first, () => {});
  reloader = createReloader({ holder, open, accept, log, clock: systemClock, watchEvery: 10 });
  return { told, first, holder, reloader };
}

async function until(holds: () => boolean): Promise<void> {
  while (!holds()) await new Promise((resolve) => setTimeout(resolve, 5));
}

describe('a reload', () => {
  it('says what is in force', async () => {
    const next = fakeService({ keys: [serveKey('ann', 'secret-of-ann')], requestsPerMinute: 60, concurrency: 4 });
    const { holder, first, reloader, told } = start(async () => next);
    await reloader.reload();
    expect(holder.current()).toBe(next);
    expect(first.closed).toBe(1);
    expect(told.notes).toEqual([
      'the configuration was read again; in force for new requests: the key ann, 60 requests a minute per client, 4 at once per client, 512 at once in all',
    ]);
    expect(told.warnings).toEqual([]);
  });

  it('keeps the old service when the configuration is broken, and says where', async () => {
    const { holder, first, reloader, told } = start(async () => {
      throw new MomError('config_invalid', 'mom.config.yaml:3:5: unknown option "qorum"', { hint: 'did you mean quorum?' });
    });
    await reloader.reload();
    expect(holder.current()).toBe(first);
    expect(first.closed).toBe(0);
    expect(told.warnings).toEqual([
      'the configuration was not taken over, the old one stays in force: mom.config.yaml:3:5: unknown option "qorum"; did you mean quorum?',
    ]);
    expect(told.notes).toEqual([]);
  });

  it('keeps the old one when the server can not go on with the new one', async () => {
    const next = fakeService();
    const { holder, first, reloader, told } = start(
      async () => next,
      [],
      () => {
        throw new MomError('usage', 'no key is set');
      },
    );
    await reloader.reload();
    expect(holder.current()).toBe(first);
    expect(next.closed).toBe(1);
    expect(told.warnings).toEqual(['the configuration was not taken over, the old one stays in force: no key is set']);
  });

  it('says what needs a restart, and what the configuration warns of', async () => {
    const next = fakeService({ port: 9000, host: 'localhost' }, { warnings: [{ code: 'w', message: 'provider x is unusable' }] });
    const { reloader, told } = start(async () => next);
    await reloader.reload();
    expect(told.warnings).toEqual([
      'serve.host is now localhost: restart mom serve to use it, until then it is 127.0.0.1',
      'serve.port is now 9000: restart mom serve to use it, until then it is 0',
      'provider x is unusable',
    ]);
  });

  it('happens once more for all who ask while one is under way', async () => {
    const opening: ((service: Service) => void)[] = [];
    const { reloader } = start(() => new Promise((resolve) => opening.push(resolve)));
    const first = reloader.reload();
    const more = [reloader.reload(), reloader.reload(), reloader.reload()];
    expect(opening).toHaveLength(1);
    opening[0]!(fakeService());
    await first;
    await until(() => opening.length === 2);
    opening[1]!(fakeService());
    await Promise.all(more);
    expect(opening).toHaveLength(2);
  });

  it('is none after the end', async () => {
    const { reloader, first, holder } = start(async () => fakeService());
    await reloader.close();
    await reloader.reload();
    expect(holder.current()).toBe(first);
  });
});

it('is dropped when the server stops meanwhile', async () => {
  const opening: ((service: Service) => void)[] = [];
  const { reloader, holder, first, told } = start(() => new Promise((resolve) => opening.push(resolve)));
  const reloading = reloader.reload();
  const closing = reloader.close();
  const late = fakeService();
  opening[0]!(late);
  await Promise.all([reloading, closing]);
  expect(holder.current()).toBe(first);
  expect(late.closed).toBe(1);
  expect(told).toMatchObject({ notes: [], warnings: [] });
});

describe('the files of the configuration', () => {
  it('are read again when one changes, is put in the place of another, goes or appears', async () => {
    const file = join(folder, 'mom.config.yaml');
    writeFileSync(file, 'a');
    let opened = 0;
    const { told } = start(async () => {
      opened += 1;
      return fakeService({}, { configFiles: [file] });
    }, [file]);
    const steps = [
      () => writeFileSync(file, 'changed'),
      () => {
        writeFileSync(`${file}.new`, 'replaced');
        renameSync(`${file}.new`, file);
      },
      () => rmSync(file),
      () => writeFileSync(file, 'back'),
    ];
    for (const [index, step] of steps.entries()) {
      step();
      await until(() => opened === index + 1 && told.notes.length === index + 1);
    }
    expect(opened).toBe(4);
  });

  it('may stand in folders that are not there yet', async () => {
    const file = join(folder, 'later', 'mom', 'mom.config.yaml');
    let opened = 0;
    start(async () => {
      opened += 1;
      return fakeService({}, { configFiles: [file] });
    }, [file]);
    mkdirSync(join(folder, 'later', 'mom'), { recursive: true });
    writeFileSync(file, 'here');
    await until(() => opened === 1);
  });

  it('are those of the service in force', async () => {
    const [a, b] = [join(folder, 'a.yaml'), join(folder, 'b.yaml')];
    let opened = 0;
    const { reloader } = start(async () => {
      opened += 1;
      return fakeService({}, { configFiles: [b] });
    }, [a]);
    await reloader.reload();
    writeFileSync(a, 'not looked at any more');
    writeFileSync(b, 'looked at');
    await until(() => opened === 2);
    writeFileSync(b, 'looked at again');
    await until(() => opened === 3);
  });
});
