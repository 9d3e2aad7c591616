import { exitCode } from '../../core/error.js';
import { type CliContext, type Exit, SUCCESS } from '../context.js';
import { deliverReport } from '../eval/finish.js';
import { evalSession } from '../eval/session.js';
import { openReportFolder } from '../eval/write-report.js';

interface ShowFlags {
  output?: string;
  json?: boolean;
  open?: boolean;
  sandbox?: boolean;
}

/** `mom eval show`: the report of an evaluation again. */
export function run(id: string | null, given: object, context: CliContext): Promise<Exit> {
  const { output, json, open, sandbox } = given as ShowFlags;
  return evalSession({ json }, context, async (session) => {
    const folder = output === undefined ? null : openReportFolder(output, context.cwd);
    const { readEvaluation } = await import('../../app/eval/read-evaluation.js');
    const onNote = ({ message }: { message: string }) => session.messages.warn(message);
    const report = await readEvaluation({ env: context.env, home: context.home, id, sandbox: sandbox === true, onNote });
    const lost = await deliverReport(session, report, { json, open, folder, records: null });
    return lost === null ? SUCCESS : { status: exitCode(lost.code) };
  });
}
