import { dirname, resolve } from 'node:path';
import { nameHint } from '../../config/nearest.js';
import { blanksOf, fillBlanks, INPUT_BLANK } from '../../config/templates/blanks.js';
import { openTemplate, type Template } from '../../config/templates/templates.js';
import type { Message } from '../../core/message.js';
import type { Input } from '../input/types.js';
import { usageError } from '../usage.js';
import type { Asking } from './asking.js';
import { holdsData } from './schema.js';

/** A template whose parameters are known: only `{{input}}` is still open. */
export interface FilledTemplate extends Template {
  values: Readonly<Record<string, string>>;
}

/**
 * The template of `-t`, with the parameters of `-p`.
 * @throws MomError `usage` for an unknown template, and a parameter that is missing or has no blank; `config_untrusted`, `config_invalid`
 */
export async function readTemplate(name: string, { flags, context }: Asking): Promise<FilledTemplate> {
  const template = await openTemplate(name, context);
  const values = valuesOf(template, flags.param ?? []);
  const system = template.system === null ? null : fillBlanks(template.system, values);
  return { ...template, values, system: system?.startsWith('@') ? `@${system}` : system, schema: schemaOf(template) };
}

/**
 * The question that a template makes. The text of one without `{{input}}` is an instruction like any other: prompt, stdin and
 * files follow it.
 * @param read reads the input with these words as the prompt
 */
export async function askWithTemplate(
  template: FilledTemplate,
  prompt: readonly string[],
  read: (prompt: readonly string[]) => Promise<Input>,
): Promise<Input> {
  const { text, values, passedOver } = template;
  const hasPlace = takesInput(template);
  const words = prompt.join(' ');
  const paragraphs = [hasPlace ? '' : fillBlanks(text, values), words].filter((paragraph) => paragraph.trim() !== '');
  const warnings = passedOver === null ? [] : [{ code: 'template_passed_over', message: passedOver }];
  const input = await read(paragraphs.length === 0 ? [] : [paragraphs.join('\n\n')]);
  const messages = hasPlace ? input.messages.map((message) => filledIn(message, template)) : input.messages;
  return { ...input, messages, warnings: [...warnings, ...input.warnings] };
}

/** @throws MomError `usage` */
function valuesOf({ name, parameters, defaults }: Template, params: readonly string[]): Record<string, string> {
  const given = new Map<string, string>();
  for (const param of params) {
    const equals = param.indexOf('=');
    const parameter = param.slice(0, equals);
    if (!parameters.includes(parameter)) throw unused(parameter, name, parameters);
    if (given.has(parameter)) throw usageError(`-p gives '${parameter}' twice`, 'give each parameter once');
    given.set(parameter, param.slice(equals + 1));
  }
  const missing = parameters.filter((parameter) => !given.has(parameter) && !Object.hasOwn(defaults, parameter));
  if (missing.length > 0)
    throw usageError(
      `the template '${name}' needs ${missing.map((parameter) => `'${parameter}'`).join(' and ')}`,
      `mom ask -t ${name} ${missing.map((parameter) => `-p ${parameter}=...`).join(' ')}`,
    );
  return { ...defaults, ...Object.fromEntries(given) };
}

function unused(parameter: string, name: string, parameters: readonly string[]) {
  if (parameter === INPUT_BLANK) return usageError(`-p cannot give '${INPUT_BLANK}'`, 'it is what the prompt, stdin and files say');
  return usageError(
    `the template '${name}' has no parameter '${parameter}'`,
    parameters.length === 0 ? 'it takes none' : nameHint(parameter, parameters),
  );
}

function takesInput({ text }: Template): boolean {
  return blanksOf(text).names.includes(INPUT_BLANK);
}

/** A file is looked for beside the template first. */
function schemaOf({ schema, file }: Template): string | null {
  if (schema === null || schema.trimStart().startsWith('{')) return schema;
  const beside = resolve(dirname(file), schema.trim());
  return holdsData(beside) ? beside : schema.trim();
}

/** The user's message with the template around it; images stay beside it. */
function filledIn(message: Message, { text, values }: FilledTemplate): Message {
  if (message.role !== 'user' || message.content === null) return message;
  const fill = (input: string) => fillBlanks(text, { ...values, [INPUT_BLANK]: input });
  if (typeof message.content === 'string') return { ...message, content: fill(message.content) };
  return { ...message, content: message.content.map((part) => (part.type === 'text' ? { ...part, text: fill(part.text) } : part)) };
}
