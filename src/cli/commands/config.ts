import { resolve } from 'node:path';
import type { Writable } from 'node:stream';
import { checkSideRules } from '../../app/service/side-rules.js';
import { describeConfig, shownConfig } from '../../config/describe.js';
import { displayPath, type FoundFile, findProjectFile, readConfigFile } from '../../config/files/discover.js';
import { revokeTrust, trust, trustFile } from '../../config/files/trust.js';
import { fileLayer, findFiles, loadConfig, parseSets, searchPlaces } from '../../config/load.js';
import { mixtureNames } from '../../config/mixture/recipe.js';
import { checkMixtures } from '../../config/mixture/resolve.js';
import { sideRulesOf } from '../../config/serve/side-requests.js';
import { exitCode, isMomError, MomError } from '../../core/error.js';
import { worldOf } from '../world.js';

/** What these commands need of the outside world. */
export interface ConfigContext {
  env: Readonly<Record<string, string | undefined>>;
  cwd: string;
  home: string;
  stdout: Writable;
  stderr: Writable;
}

export type ConfigAction = 'show' | 'where' | 'validate' | 'schema' | 'trust';

export interface ConfigOptions {
  origin?: boolean;
  json?: boolean;
  revoke?: boolean;
  /** `--config` */
  config?: string;
  /** Texts of `--set`. */
  set?: readonly string[];
  /** The argument of `validate` and `trust`. */
  file?: string;
}

/** Runs `mom config <action>`. @returns the exit status @throws MomError */
export async function run(action: ConfigAction, options: ConfigOptions, context: ConfigContext): Promise<number> {
  switch (action) {
    case 'show':
      return show(options, context);
    case 'where':
      return where(options, context);
    case 'validate':
      return validate(options, context);
    case 'schema': {
      const { jsonSchema } = await import('../../config/schema/document.js');
      context.stdout.write(`${JSON.stringify(jsonSchema(), null, 2)}\n`);
      return 0;
    }
    case 'trust':
      return changeTrust(options, context);
  }
}

async function show(options: ConfigOptions, context: ConfigContext): Promise<number> {
  const config = await loadConfig({ ...worldOf(context, options), overrides: await parseSets(options.set) });
  if (options.origin) {
    const values = describeConfig(config);
    const lines = values.map(({ path, value, origin }) => `${path}: ${flat(value)}  # ${origin}\n`);
    context.stdout.write(options.json ? `${JSON.stringify(values, null, 2)}\n` : lines.join(''));
  } else if (options.json) {
    context.stdout.write(`${JSON.stringify(shownConfig(config), null, 2)}\n`);
  } else {
    const { stringify } = await import('yaml');
    context.stdout.write(stringify(shownConfig(config), { lineWidth: 0 }));
  }
  return 0;
}

function flat(value: unknown): string {
  return typeof value === 'string' ? value : JSON.stringify(value);
}

async function where(options: ConfigOptions, context: ConfigContext): Promise<number> {
  const found = await findFiles(worldOf(context, options));
  const looked = searchPlaces(worldOf(context, options));
  if (options.json) {
    context.stdout.write(`${JSON.stringify({ files: found.map(({ kind, file }) => ({ kind, path: file.path })), ...looked }, null, 2)}\n`);
    return 0;
  }
  for (const { kind, file } of found) context.stdout.write(`${kind}: ${file.path}\n`);
  for (const kind of ['user', 'project'] as const) {
    if (found.some((entry) => entry.kind === kind || entry.kind === 'named')) continue;
    const where =
      kind === 'user'
        ? looked.user
        : looked.project.length === 1
          ? looked.project[0]
          : `${looked.project[0]} and ${looked.project.length - 1} folders above`;
    context.stdout.write(`${kind}: none (looked for ${where})\n`);
  }
  return 0;
}

async function validate(options: ConfigOptions, context: ConfigContext): Promise<number> {
  const named = options.file ?? options.config;
  try {
    const config = await loadConfig({
      ...worldOf(context, named === undefined ? {} : { config: named }),
      overrides: [],
    });
    checkMixtures(config);
    checkSideRules(config, sideRulesOf(config), mixtureNames(config));
    const names = config.files.map((file) => file.path);
    if (options.json) context.stdout.write(`${JSON.stringify({ valid: true, files: names, error: null }, null, 2)}\n`);
    else
      context.stdout.write(
        names.length === 0 ? 'no configuration file; the built-in one is in force\n' : names.map((name) => `${name}: valid\n`).join(''),
      );
    return 0;
  } catch (error) {
    if (!options.json || !isMomError(error)) throw error;
    const { code, message, hint } = error;
    context.stdout.write(`${JSON.stringify({ valid: false, files: [], error: { code, message, hint } }, null, 2)}\n`);
    return exitCode(code);
  }
}

async function changeTrust(options: ConfigOptions, context: ConfigContext): Promise<number> {
  const list = trustFile(context.env, context.home);
  const file = await projectFile(options, context, !options.revoke);
  if (options.revoke) {
    context.stdout.write(revokeTrust(list, file.path) ? `no longer trusted: ${file.path}\n` : `was not trusted: ${file.path}\n`);
    return 0;
  }
  if (file.path.endsWith('.md')) await checkTemplate(file, context);
  else await fileLayer(file, 'project', context.cwd);
  trust(list, file.path, file.text);
  context.stdout.write(`trusted as it is now: ${file.path}\n`);
  return 0;
}

async function projectFile(options: ConfigOptions, context: ConfigContext, mustExist: boolean): Promise<FoundFile> {
  if (options.file !== undefined) {
    const path = resolve(context.cwd, options.file);
    return { path, text: mustExist ? readConfigFile(path) : '' };
  }
  const found = await findProjectFile(context.cwd);
  if (found) return found;
  throw new MomError('config_invalid', `there is no project file above ${context.cwd}`, { hint: '`mom config where` lists the places' });
}

/** A template of the project is trusted as its configuration is. */
async function checkTemplate({ path, text }: FoundFile, { cwd }: ConfigContext): Promise<void> {
  const { parseTemplate } = await import('../../config/templates/template-file.js');
  await parseTemplate(text, displayPath(path, cwd));
}
