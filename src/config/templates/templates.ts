import { isUtf8 } from 'node:buffer';
import { readdirSync, readFileSync, type Stats, statSync } from 'node:fs';
import { dirname, join, sep } from 'node:path';
import { isMomError, MomError, reasonOf } from '../../core/error.js';
import { displayPath, FILE_NAMES, projectFolders, realPath, userConfigDir } from '../files/discover.js';
import { isTrusted, trustFile } from '../files/trust.js';
import { nameHint } from '../nearest.js';
import type { Env } from '../wishes.js';
import { parseTemplate, type TemplateContent } from './template-file.js';

/** A question with blanks: a Markdown file with front matter. */
export interface Template extends TemplateContent {
  name: string;
  /** Absolute. */
  file: string;
  /** Why the project's template of this name was passed over; null where it was not, or there is none. */
  passedOver: string | null;
}

/** The world in which templates are looked for. */
export interface TemplateWorld {
  env: Env;
  home: string;
  cwd: string;
}

/** A file that may hold a template. */
export interface TemplateFile {
  name: string;
  /** Absolute. */
  file: string;
  /** As messages call it. */
  label: string;
  where: 'project' | 'user';
}

const FOLDER = 'templates';
const ENDING = '.md';
/** Letters, digits and `_ . -`, no dot in front: a name can't lead out of its folder. */
const NAME = /^[\p{L}\p{N}_][\p{L}\p{N}_.-]*$/u;
/** Bytes of a template: it is written by hand. */
const MOST_BYTES = 1024 * 1024;

/** Where the user's own templates are. */
export function userTemplates({ env, home }: Omit<TemplateWorld, 'cwd'>): string {
  return join(userConfigDir(env, home), FOLDER);
}

/** The folder of the project file that is nearest; null where there is none, or it is the user's own. */
function projectFolder({ env, home, cwd }: TemplateWorld): string | null {
  const dir = projectFolders(cwd).find((folder) => FILE_NAMES.some((name) => isFile(join(folder, name))));
  return dir === undefined || realPath(dir) === realPath(userConfigDir(env, home)) ? null : dir;
}

/** All templates by name; the project's stand before the user's. */
export function findTemplates(world: TemplateWorld): TemplateFile[] {
  const project = projectFolder(world);
  const files = [
    ...(project === null ? [] : filesIn(join(project, FOLDER), 'project', world.cwd)),
    ...filesIn(userTemplates(world), 'user', world.cwd),
  ];
  return files.sort((a, b) => (a.name < b.name ? -1 : a.name > b.name ? 1 : 0));
}

/** What can stand behind `-t`, for completion. */
export function templateNames(world: TemplateWorld): string[] {
  return [...new Set(findTemplates(world).map(({ name }) => name))];
}

/** @throws MomError `usage` for what can't be the name of a template */
export function checkTemplateName(name: string): void {
  if (NAME.test(name)) return;
  throw new MomError('usage', `${JSON.stringify(name)} cannot be the name of a template`, {
    hint: 'it is the name of a file in the folder of templates, without .md: letters, digits and _ . -',
  });
}

/** A project's template is somebody else's text until the user has said otherwise. */
export function isTrustedTemplate({ where, file }: TemplateFile, text: string, { env, home }: TemplateWorld): boolean {
  return where === 'user' || isTrusted(trustFile(env, home), file, text);
}

/**
 * The template of this name: the project's where it is trusted, else the user's.
 * @throws MomError `usage` for an unknown name, `config_untrusted`, `config_invalid` for one that can't be used
 */
export async function openTemplate(name: string, world: TemplateWorld): Promise<Template> {
  const { chosen, passedOver } = choose(name, world);
  const text = readTemplateFile(chosen, world);
  if (!isTrustedTemplate(chosen, text, world)) {
    throw new MomError('config_untrusted', strangeness(chosen), {
      hint: `read the file; if you trust it as it is, run \`${trustLine(chosen.label)}\``,
    });
  }
  return { name, file: chosen.file, ...(await parseTemplate(text, chosen.label)), passedOver };
}

/** The text of the template that {@link openTemplate} would open, trusted or not, and what there is to know of it. @throws MomError */
export function showTemplate(name: string, world: TemplateWorld): { text: string; note: string | null } {
  const { chosen, passedOver } = choose(name, world);
  const text = readTemplateFile(chosen, world);
  if (!isTrustedTemplate(chosen, text, world)) return { text, note: strangeness(chosen) };
  return { text, note: passedOver };
}

/** Which of the files with this name counts; `passedOver` says why the project's does not. */
function choose(name: string, world: TemplateWorld): { chosen: TemplateFile; passedOver: string | null } {
  checkTemplateName(name);
  const all = findTemplates(world);
  const [first, second] = all.filter((template) => template.name === name);
  if (!first) throw unknown(name, all, world);
  if (!second || isUsable(first, world)) return { chosen: first, passedOver: null };
  return { chosen: second, passedOver: `${strangeness(first)}: ${second.label} is used instead` };
}

function isUsable(template: TemplateFile, world: TemplateWorld): boolean {
  try {
    return isTrustedTemplate(template, readTemplateFile(template, world), world);
  } catch {
    return false;
  }
}

/** The command that trusts a file. */
export function trustLine(path: string): string {
  return `mom config trust ${/^[\p{L}\p{N}_./-]+$/u.test(path) ? path : `'${path.replaceAll("'", "'\\''")}'`}`;
}

function strangeness({ label }: TemplateFile): string {
  return `${label} comes with this project, and is not trusted`;
}

/** @throws MomError `config_invalid` for a file that is no text, or leads out of the project */
export function readTemplateFile({ file, label, where }: TemplateFile, world: TemplateWorld): string {
  const flaw = (message: string, hint: string, cause?: unknown) => new MomError('config_invalid', `${label} ${message}`, { hint, cause });
  if (where === 'project' && !realPath(file).startsWith(`${realPath(projectFolder(world) ?? dirname(file))}${sep}`))
    throw flaw('is a link that leads out of its project', 'put the file itself into the folder of templates');
  let bytes: Buffer;
  try {
    if (statSync(file).size > MOST_BYTES) throw flaw('is too large for a template: more than 1 MiB', 'give long texts with -f');
    bytes = readFileSync(file);
  } catch (error) {
    if (isMomError(error)) throw error;
    throw flaw(`cannot be read: ${reasonOf(error)}`, 'check its rights', error);
  }
  if (isUtf8(bytes)) return bytes.toString('utf8');
  throw flaw('is not UTF-8 text', 'convert it, for example: iconv -f LATIN1 -t UTF-8');
}

function filesIn(dir: string, where: TemplateFile['where'], cwd: string): TemplateFile[] {
  let entries: string[];
  try {
    entries = readdirSync(dir);
  } catch {
    // No folder, no templates.
    return [];
  }
  return entries.flatMap((entry) => {
    const name = entry.endsWith(ENDING) ? entry.slice(0, -ENDING.length) : '';
    const file = join(dir, entry);
    return NAME.test(name) && isFile(file) ? [{ name, file, label: displayPath(file, cwd), where }] : [];
  });
}

/** Also behind a link; no folder, and no pipe, which could be waited on for ever. */
function isFile(path: string): boolean {
  let stats: Stats | undefined;
  try {
    stats = statSync(path, { throwIfNoEntry: false });
  } catch {
    // A circle of links, or a folder that may not be entered.
  }
  return stats?.isFile() ?? false;
}

function unknown(name: string, all: readonly TemplateFile[], world: TemplateWorld): MomError {
  const hint =
    all.length === 0
      ? `there is none yet; \`mom templates edit ${name}\` makes ${join(userTemplates(world), `${name}${ENDING}`)}`
      : nameHint(name, [...new Set(all.map((template) => template.name))]);
  return new MomError('usage', `there is no template '${name}'`, { hint });
}
