import { Command, CommanderError, Option } from 'commander';
import { nearestName } from '../config/nearest.js';
import type { MomError } from '../core/error.js';
import { withoutKeyLike } from '../core/key-like.js';
import { listenForSignals } from './cancellation.js';
import type { ConfigAction } from './commands/config.js';
import { type CliContext, type Exit, SUCCESS } from './context.js';
import { commandHelp, rootHelp } from './help.js';
import { ASK } from './spec/ask.js';
import { COMMANDS } from './spec/commands.js';
import type { CommandSpec, OptionSpec } from './spec/option-spec.js';
import type { ValueKind } from './spec/values.js';
import { correctedLine, usageError } from './usage.js';

type Flags = Record<string, unknown>;
type Action = (args: string[], flags: Flags, context: CliContext) => Promise<Exit>;

/** What each command does; its modules are loaded when it is called. */
const ACTIONS: Record<string, Action> = {
  ask: async (args, flags, context) => (await import('./commands/ask.js')).run(args, flags, context),
  serve: async (_args, flags, context) => (await import('./commands/serve.js')).run(flags, context),
  logs: async (_args, flags, context) => (await import('./commands/logs.js')).list(flags, context),
  'logs show': async ([id], flags, context) => (await import('./commands/logs-show.js')).run(id ?? null, flags, context),
  'logs path': async (_args, _flags, context) => (await import('./commands/logs-care.js')).path(context),
  'logs prune': async (_args, flags, context) => (await import('./commands/logs-care.js')).prune(flags, context),
  'logs export': async (_args, flags, context) => (await import('./commands/logs-care.js')).exportRuns(flags, context),
  'logs import': async (_args, _flags, context) => (await import('./commands/logs-care.js')).importJournals(context),
  cost: async (_args, flags, context) => (await import('./commands/cost.js')).run(flags, context),
  eval: async ([prompts], flags, context) => (await import('./commands/eval.js')).run(prompts ?? null, flags, context),
  'eval judge': async (files, flags, context) => (await import('./commands/eval-judge.js')).run(files, flags, context),
  'eval import': async ([format, dir], flags, context) =>
    (await import('./commands/eval-import.js')).run(format ?? '', dir ?? '', flags, context),
  'eval show': async ([id], flags, context) => (await import('./commands/eval-show.js')).run(id ?? null, flags, context),
  models: async (words, flags, context) => (await import('./commands/models.js')).run(words, flags, context),
  doctor: async (_args, flags, context) => (await import('./commands/doctor.js')).run(flags, context),
  'keys set': async ([name], flags, context) => (await import('./commands/keys.js')).set(name ?? '', flags, context),
  'keys list': async (_args, flags, context) => (await import('./commands/keys.js')).list(flags, context),
  'keys show': async ([name], _flags, context) => (await import('./commands/keys.js')).show(name ?? '', context),
  'keys rm': async ([name], _flags, context) => (await import('./commands/keys.js')).remove(name ?? '', context),
  'templates list': async (_args, flags, context) => (await import('./commands/templates.js')).list(flags, context),
  'templates show': async ([name], _flags, context) => (await import('./commands/templates.js')).show(name ?? '', context),
  'templates edit': async ([name], _flags, context) => (await import('./commands/templates.js')).edit(name ?? '', context),
  completion: async ([shell], _flags, context) => (await import('./commands/completion.js')).run(shell ?? '', context),
  init: async (_args, flags, context) => ({ status: await (await import('./commands/init.js')).run(flags, context) }),
  'config show': configAction('show'),
  'config where': configAction('where'),
  'config validate': configAction('validate'),
  'config schema': configAction('schema'),
  'config trust': configAction('trust'),
  sandbox: async (_args, flags, context) => {
    const cancellation = listenForSignals();
    const { packageRoot, cwd, stdout } = context;
    const status = await (await import('./commands/sandbox.js')).run(flags, { packageRoot, cwd, stdout, signal: cancellation.signal });
    return cancellation.received === null ? { status } : { signal: cancellation.received };
  },
};

function configAction(action: ConfigAction): Action {
  return async ([file], flags, context) => {
    const { run } = await import('./commands/config.js');
    return { status: await run(action, file === undefined ? flags : { ...flags, file }, context) };
  };
}

/** Understands the command line and runs the command it names. Throws a MomError with code `usage` for a wrong one. */
export async function runProgram(context: CliContext): Promise<Exit> {
  let exit: Exit = SUCCESS;
  const program = buildProgram(context, (done) => {
    exit = done;
  });
  try {
    await program.parseAsync([...context.argv], { from: 'user' });
    return exit;
  } catch (error) {
    if (!(error instanceof CommanderError)) throw error;
    if (error.exitCode === 0) return SUCCESS;
    if (error.code === 'commander.help') return { status: 2 };
    throw translated(error, context.argv);
  }
}

function buildProgram(context: CliContext, done: (exit: Exit) => void): Command {
  const program = prepared(new Command('mom'), rootHelp, context);
  const byName = new Map<string, Command>([['', program]]);
  for (const spec of COMMANDS) {
    const parts = spec.name.split(' ');
    const parent = byName.get(parts.slice(0, -1).join(' ')) ?? program;
    const command = prepared(new Command(parts.at(-1)), () => commandHelp(spec, false), context);
    if (spec.args) command.arguments(spec.args);
    for (const option of spec.options) addOption(command, option);
    if (!spec.parent) attachAction(command, spec, context, done);
    parent.addCommand(command);
    byName.set(spec.name, command);
  }
  return program;
}

function prepared(command: Command, help: () => string, context: CliContext): Command {
  command.helpInformation = help;
  return (
    command
      .exitOverride()
      // An option after the name of a command below belongs to that one, though this one has it too.
      .enablePositionalOptions()
      .configureOutput({
        writeOut: (text) => context.stdout.write(text),
        writeErr: (text) => context.stderr.write(text),
        outputError: () => undefined,
      })
      .showSuggestionAfterError()
  );
}

function attachAction(command: Command, spec: CommandSpec, context: CliContext, done: (exit: Exit) => void): void {
  const action = ACTIONS[spec.name];
  if (!action) throw new Error(`no action for ${spec.name}`);
  command.addOption(new Option('--help-all', 'show every option').hideHelp());
  command.action(async () => {
    const { helpAll, ...flags } = command.opts<Flags>();
    if (helpAll) context.stdout.write(commandHelp(spec, true));
    else done(await action(command.args, flags, context));
  });
}

function addOption(command: Command, spec: OptionSpec): void {
  const option = new Option(spec.flags, spec.help);
  const kind = spec.value;
  if (kind) {
    option.argParser((text: string, previous: unknown) => {
      const value = kind.parse(text);
      if (value === null) throw usageError(`${option.long} cannot be ${JSON.stringify(text)}`, valueHint(option, kind, text));
      return spec.repeat ? [...(Array.isArray(previous) ? previous : []), value] : value;
    });
  }
  command.addOption(option);
}

function valueHint({ long }: Option, { accepts, names }: ValueKind, text: string): string {
  const near = names ? nearestName(text, names) : null;
  return `${near === null ? '' : `did you mean ${near}? `}${long} takes ${accepts}`;
}

/** A parser's complaint in mom's words; what looks like a question gets the line that works. */
function translated(error: CommanderError, argv: readonly string[]): unknown {
  const [said = '', suggestion] = error.message.replace(/^error: /, '').split('\n');
  // Somebody may try to give a key.
  const what = argv[0] === 'keys' ? withoutKeyLike(said) : said;
  const command = COMMANDS.findLast(({ name }) => name === argv.slice(0, name.split(' ').length).join(' '));
  if (error.code === 'commander.excessArguments' && command) return tooManyArguments(command, said);
  if (error.code === 'commander.missingArgument' && command)
    return usageError(`'${command.name}' needs ${command.args}`, helpHint(command.name));
  const [, valued] = /^option '(.+)' argument missing$/.exec(said) ?? [];
  if (valued !== undefined) return usageError(`${valued} needs its value`, helpHint(command?.name));
  const near = suggestion?.match(/^\(Did you mean (.*)\?\)$/)?.[1];
  const isCommand = COMMANDS.some((command) => command.name.split(' ')[0] === argv[0]);
  if (!isCommand && looksLikeQuestion(argv)) {
    const isOption = argv[0]?.startsWith('-');
    const nearCommand = near && COMMANDS.some((command) => command.name === near);
    return usageError(
      isOption ? `${argv[0]} belongs to a command` : `${JSON.stringify(argv[0])} is not a command`,
      nearCommand ? `did you mean mom ${near}? As a question it is: ${correctedLine(argv)}` : correctedLine(argv),
    );
  }
  if (near) return usageError(what, `did you mean ${near}?`);
  return usageError(what, command || isCommand ? helpHint(command?.name ?? argv[0]) : helpHint());
}

function tooManyArguments({ name, tooMany }: CommandSpec, said: string): MomError {
  const [, expected = '', given = ''] = /Expected (\d+) arguments? but got (\d+)/.exec(said) ?? [];
  const takes = expected === '0' ? 'takes no argument' : `takes ${expected} argument${expected === '1' ? '' : 's'}, not ${given}`;
  return usageError(`'${name}' ${takes}`, tooMany ?? helpHint(name));
}

function helpHint(command?: string): string {
  return `mom ${command === undefined ? '' : `${command} `}${command === ASK.name ? '--help-all' : '--help'} shows what there is`;
}

function looksLikeQuestion(argv: readonly string[]): boolean {
  const first = argv[0] ?? '';
  return !first.startsWith('-') || ASK.options.some((option) => option.flags.split(/[ ,]+/).includes(first));
}
