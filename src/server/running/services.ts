import type { Service } from '../../app/service/service.js';
import { MomError } from '../../core/error.js';
import type { ServiceLease } from '../context.js';

/** The service of the moment. One that was replaced lives on until nobody holds it any more. */
export interface ServiceHolder {
  current(): Service;
  /** @throws MomError `overloaded` after {@link ServiceHolder.close} */
  acquire(): ServiceLease;
  replace(next: Service): void;
  /** Settles when every service has been given back and is closed. */
  close(): Promise<void>;
}

interface Held {
  service: Service;
  holders: number;
  isRetired: boolean;
}

/** @param onError told what a service threw while it was closed */
export function createServiceHolder(first: Service, onError: (error: unknown) => void): ServiceHolder {
  let held = hold(first);
  let isClosed = false;
  /** Settle when a service has been closed. */
  const closings = new Set<Promise<void>>();
  const closedBy = new WeakMap<Held, () => void>();

  function hold(service: Service): Held {
    return { service, holders: 0, isRetired: false };
  }

  function retire(old: Held): void {
    old.isRetired = true;
    const closing = new Promise<void>((resolve) => closedBy.set(old, resolve));
    closings.add(closing);
    void closing.then(() => closings.delete(closing));
    closeWhenFree(old);
  }

  function closeWhenFree(old: Held): void {
    if (!old.isRetired || old.holders > 0) return;
    old.service.close().catch(onError).finally(closedBy.get(old));
  }

  return {
    current: () => held.service,
    acquire() {
      if (isClosed) throw new MomError('overloaded', 'mom has stopped');
      const own = held;
      let isReleased = false;
      own.holders += 1;
      return {
        service: own.service,
        release() {
          if (isReleased) return;
          isReleased = true;
          own.holders -= 1;
          closeWhenFree(own);
        },
      };
    },
    replace(next) {
      const old = held;
      held = hold(next);
      retire(old);
    },
    async close() {
      if (!isClosed) {
        isClosed = true;
        retire(held);
      }
      await Promise.all(closings);
    },
  };
}
