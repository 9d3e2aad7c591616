import type { Service } from '../../app/service/service.js';
import { createMetrics } from '../../observe/metrics/metrics.js';
import { type Gateway, startGateway } from '../../server/running/lifecycle.js';
import type { CliContext } from '../context.js';
import { keepHeapSmall } from '../heap.js';
import type { ServeFlags } from './flags.js';
import { refuseUnready, serviceOpener } from './open.js';
import { type OperatorLog, openOperatorLog } from './operator-log.js';
import { createRecorders, type Recorders } from './recorders.js';

/** A gateway that answers, its log, and who keeps a record of its runs. */
export interface Started {
  gateway: Gateway;
  log: OperatorLog;
  recorders: Recorders;
}

/** Everything that `mom serve` needs is loaded with this module. @throws MomError */
export async function start(flags: ServeFlags, context: CliContext, signal: AbortSignal): Promise<Started> {
  keepHeapSmall();
  const log = openOperatorLog({ isTerminal: context.stderrIsTTY, quiet: flags.quiet === true });
  const recorders = createRecorders(flags, context, log.warn);
  const open = serviceOpener(flags, context, log, signal);
  let isFirst = true;
  try {
    const gateway = await startGateway({
      open,
      allowRemote: flags.allowRemote === true,
      log,
      metrics: createMetrics({ clean: log.clean }),
      recordersOf: recorders.of,
      async onService(service: Service) {
        log.follow(service);
        await recorders.follow(service);
        if (isFirst) await refuseUnready(service, log);
        isFirst = false;
      },
    });
    for (const { message } of gateway.service().warnings) log.warn(message);
    return { gateway, log, recorders };
  } catch (error) {
    await log.close();
    throw error;
  }
}
