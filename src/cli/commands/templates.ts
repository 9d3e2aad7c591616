import { join } from 'node:path';
import {
  checkTemplateName,
  findTemplates,
  isTrustedTemplate,
  readTemplateFile,
  showTemplate,
  type TemplateFile,
  trustLine,
  userTemplates,
} from '../../config/templates/templates.js';
import { errorLine, toMomError } from '../../core/error.js';
import { type CliContext, type Exit, SUCCESS } from '../context.js';
import { jsonText } from '../output/json.js';
import { messagesOf } from '../view/messages.js';
import { oneLine, sanitize } from '../view/sanitize.js';
import { screenOf } from '../view/screen.js';
import { styleOf } from '../view/style.js';
import { type Column, tableLines, wrapped } from '../view/table.js';

/** One line of the list. A template that can't be read is `broken`, and nothing else is known of it. */
interface ListedTemplate {
  name: string;
  description: string | null;
  where: TemplateFile['where'];
  file: string;
  trusted: boolean;
  /** What is wrong with it. */
  broken: string | null;
  mixture: string | null;
  strategy: string | null;
  /** Null where there is no default: then `-p` has to give it. */
  parameters: { name: string; default: string | null }[];
}

/** `mom templates list` */
export async function list(flags: { json?: boolean }, context: CliContext): Promise<Exit> {
  const listed = await Promise.all(findTemplates(context).map((file) => listedOf(file, context)));
  if (flags.json) context.stdout.write(jsonText(listed, screenOf(context)));
  else if (listed.length === 0) messagesOf(context).note('there are no templates yet; `mom templates edit NAME` makes one');
  else context.stdout.write(listText(listed, context));
  return SUCCESS;
}

async function listedOf(file: TemplateFile, context: CliContext): Promise<ListedTemplate> {
  const about = { name: file.name, description: null, where: file.where, file: file.file };
  const nothing = { ...about, trusted: false, broken: null, mixture: null, strategy: null, parameters: [] };
  try {
    const text = readTemplateFile(file, context);
    const trusted = isTrustedTemplate(file, text, context);
    const { parseTemplate } = await import('../../config/templates/template-file.js');
    const { description, mixture, strategy, parameters, defaults } = await parseTemplate(text, file.label);
    return {
      ...about,
      description,
      trusted,
      broken: null,
      mixture,
      strategy,
      parameters: parameters.map((name) => ({ name, default: defaults[name] ?? null })),
    };
  } catch (error) {
    return { ...nothing, trusted: file.where === 'user', broken: errorLine(toMomError(error)) };
  }
}

const COLUMNS: readonly Column[] = [
  { title: 'template' },
  { title: 'from' },
  { title: 'parameters', least: 12, spare: 1 },
  { title: 'about', least: 16 },
];

/** A table, and below it what keeps templates from being used. */
function listText(listed: readonly ListedTemplate[], context: CliContext): string {
  const { color, columns } = screenOf(context);
  const rows = listed.map(({ name, where, parameters, description, broken, trusted }) => {
    const params = parameters.map((each) => (each.default === null ? each.name : `${each.name}=${each.default}`)).join(', ');
    const state = broken !== null ? '(broken)' : trusted ? '' : '(not trusted)';
    const about = [state, description ?? ''].filter((part) => part !== '').join(' ');
    return [name, where === 'user' ? 'you' : 'project', params, about].map((text) => ({ text: oneLine(text) }));
  });
  const problems = listed.flatMap(({ file, broken, trusted }) =>
    broken !== null ? [broken] : trusted ? [] : [`not trusted: read ${file}, then \`${trustLine(file)}\``],
  );
  const lines = [
    ...tableLines(COLUMNS, rows, { width: columns, head: styleOf(color).dim }),
    ...(problems.length > 0 ? [''] : []),
    ...problems.flatMap((problem) => (columns === null ? [oneLine(problem)] : wrapped(oneLine(problem), columns))),
  ];
  return lines.map((line) => `${line}\n`).join('');
}

/** `mom templates show`: the file as it is. */
export async function show(name: string, context: CliContext): Promise<Exit> {
  const { text, note } = showTemplate(name, context);
  if (note !== null) messagesOf(context).note(note);
  context.stdout.write(context.stdout.isTTY ? `${sanitize(text).trimEnd()}\n` : text);
  return SUCCESS;
}

/** `mom templates edit`: a template of one's own, new or not. */
export async function edit(name: string, context: CliContext): Promise<Exit> {
  checkTemplateName(name);
  const { editTemplate } = await import('../template-editor.js');
  await editTemplate(name, join(userTemplates(context), `${name}.md`), context);
  const other = findTemplates(context).find((template) => template.name === name && template.where === 'project');
  if (other) messagesOf(context).note(`${other.label} of this project comes first where it is trusted`);
  return SUCCESS;
}
