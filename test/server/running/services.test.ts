import { describe, expect, it } from 'vitest';
import { createServiceHolder } from '../../../src/server/running/services.js';
import { fakeService } from '../../support/gateway.js';

describe('the holder of services', () => {
  it('closes a replaced service when its last lease is released', async () => {
    const [old, next] = [fakeService(), fakeService()];
    const holder = createServiceHolder(old, () => {});
    const [first, second] = [holder.acquire(), holder.acquire()];
    holder.replace(next);
    const third = holder.acquire();
    expect(first.service).toBe(old);
    expect(third.service).toBe(next);
    first.release();
    first.release();
    expect(old.closed).toBe(0);
    second.release();
    expect(old.closed).toBe(1);
    third.release();
    expect(next.closed).toBe(0);
  });

  it('closes one that nobody holds at once', () => {
    const old = fakeService();
    createServiceHolder(old, () => {}).replace(fakeService());
    expect(old.closed).toBe(1);
  });

  it('is closed when every service has been given back', async () => {
    const [old, next] = [fakeService(), fakeService()];
    const holder = createServiceHolder(old, () => {});
    const lease = holder.acquire();
    holder.replace(next);
    let isClosed = false;
    const closed = holder.close().then(() => {
      isClosed = true;
    });
    await new Promise((resolve) => setImmediate(resolve));
    expect([isClosed, old.closed, next.closed]).toEqual([false, 0, 1]);
    expect(() => holder.acquire()).toThrow('mom has stopped');
    lease.release();
    await closed;
    expect([old.closed, next.closed]).toEqual([1, 1]);
    await holder.close();
    expect(next.closed).toBe(1);
  });

  it('goes on when a service fails to close', async () => {
    const failures: unknown[] = [];
    const broken = fakeService({}, { close: () => Promise.reject(new Error('stuck')) });
    const holder = createServiceHolder(broken, (error) => failures.push(error));
    holder.replace(fakeService());
    await holder.close();
    expect(failures).toEqual([new Error('stuck')]);
  });
});
