import { MomError } from '../../core/error.js';
import { STRATEGIES } from '../../core/mixture.js';
import { nearestName } from '../nearest.js';
import { blanksOf, INPUT_BLANK, isParameterName } from './blanks.js';

/** What a template says. */
export interface TemplateContent {
  /** `{{input}}` and `{{name}}` are blanks. */
  text: string;
  description: string | null;
  mixture: string | null;
  strategy: string | null;
  /** May hold blanks, but not `{{input}}`. */
  system: string | null;
  /** As after `--schema`. */
  schema: string | null;
  /** What stands in a blank that nobody has filled in. */
  defaults: Readonly<Record<string, string>>;
  /** Names of the blanks that parameters fill in, in their order. */
  parameters: readonly string[];
}

/** A block of YAML between two lines of `---` at the very beginning. */
const FRONT = /^---[ \t]*\r?\n((?:[\s\S]*?\n)?)---[ \t]*(?:\r?\n|$)/;
const OPENING = /^---[ \t]*(?:\r?\n|$)/;
const TEXTS = ['description', 'mixture', 'strategy', 'system', 'schema'] as const;
const OPTIONS = [...TEXTS, 'defaults'] as const;

/**
 * Reads the text of a template.
 * @param label how the file is called in messages
 * @throws MomError `config_invalid` with line and column
 */
export async function parseTemplate(whole: string, label: string): Promise<TemplateContent> {
  const file = whole.replace(/^\uFEFF/, '');
  const front = FRONT.exec(file);
  if (!front && OPENING.test(file)) throw flaw(`${label}:1:1`, 'the front matter has no end', 'close it with a line of ---');
  const options = front?.[1] === undefined ? {} : await readOptions(front[1], label);
  const body = file.slice(front?.[0].length ?? 0);
  const text = body.trim();
  const bodyStart = file.length - body.trimStart().length;
  const { defaults = {}, ...texts } = options;
  const filled = Object.fromEntries(TEXTS.map((name) => [name, texts[name]?.trim() ? texts[name] : null])) as Record<
    (typeof TEXTS)[number],
    string | null
  >;
  if (text === '' && Object.values(filled).every((value) => value === null))
    throw flaw(label, 'the template is empty', 'write what to ask');

  const ofText = blanksOf(text);
  if (ofText.misnamed) throw misnamed(ofText.misnamed.text, placeIn(file, bodyStart + ofText.misnamed.offset, label));
  const ofSystem = blanksOf(filled.system ?? '');
  if (ofSystem.misnamed) throw misnamed(ofSystem.misnamed.text, `${label}: system`);
  if (ofSystem.names.includes(INPUT_BLANK))
    throw flaw(
      `${label}: system`,
      'system cannot hold {{input}}',
      'put {{input}} into the text: what comes from outside is no instruction',
    );
  const parameters = [...new Set([...ofSystem.names, ...ofText.names])].filter((name) => name !== INPUT_BLANK);
  const unused = Object.keys(defaults).find((name) => !parameters.includes(name));
  if (unused !== undefined) throw flaw(`${label}: defaults`, `there is no blank {{${unused}}}`, didYouMean(unused, parameters));
  return { text, ...filled, defaults, parameters };
}

type Options = Partial<Record<(typeof TEXTS)[number], string>> & { defaults?: Record<string, string> };

/** Every value is read as the text that stands there, so that nothing needs quotes. */
async function readOptions(yaml: string, label: string): Promise<Options> {
  const { isMap, isScalar, LineCounter, parseDocument } = await import('yaml');
  const lineCounter = new LineCounter();
  const document = parseDocument(yaml, { lineCounter, prettyErrors: false, schema: 'failsafe' });
  const at = (offset: number) => {
    const { line, col } = lineCounter.linePos(offset);
    // The line of --- comes first.
    return `${label}:${line + 1}:${col}`;
  };
  const [error] = document.errors;
  if (error) throw flaw(at(error.pos[0]), error.message, 'the front matter must be YAML; correct this place');
  if (document.contents === null) return {};
  const pairs = (node: unknown, what: string, offset: number): [string, unknown, number][] => {
    if (!isMap(node)) throw flaw(at(offset), `${what} must be a map`, 'write name: value, one a line');
    return node.items.map(({ key, value }) => {
      const start = (key as { range?: [number] } | null)?.range?.[0] ?? offset;
      return [isScalar(key) ? String(key.value) : '', value, start];
    });
  };
  const textOf = (name: string, value: unknown, offset: number): string => {
    if (value === null) return '';
    if (isScalar(value)) return String(value.value);
    throw flaw(at(offset), `${name} must be a text`, 'put it in quotes');
  };
  const options: Options = {};
  for (const [name, value, offset] of pairs(document.contents, 'the front matter', 0)) {
    if (name === 'defaults')
      options.defaults = Object.fromEntries(
        pairs(value, name, offset).map(([key, each, start]) => [parameterAt(key, at(start)), textOf(`defaults.${key}`, each, start)]),
      );
    else if (isText(name)) options[name] = textOf(name, value, offset);
    else throw flaw(at(offset), `unknown option "${name}"`, didYouMean(name, OPTIONS));
    if (name === 'strategy') checkStrategy(options.strategy ?? '', at(offset));
  }
  return options;
}

function isText(name: string): name is (typeof TEXTS)[number] {
  return (TEXTS as readonly string[]).includes(name);
}

function parameterAt(name: string, place: string): string {
  if (isParameterName(name)) return name;
  throw flaw(place, `"${name}" cannot be the name of a parameter`, 'a name begins with a letter; `input` is taken');
}

function checkStrategy(name: string, place: string): void {
  if (name === '' || (STRATEGIES as readonly string[]).includes(name)) return;
  throw flaw(place, `there is no strategy "${name}"`, didYouMean(name, STRATEGIES));
}

function didYouMean(name: string, names: readonly string[]): string {
  const nearest = nearestName(name, names);
  if (nearest !== null) return `did you mean "${nearest}"?`;
  return names.length === 0 ? 'the template has no blanks for parameters' : `there is: ${names.join(', ')}`;
}

function misnamed(text: string, place: string): MomError {
  return flaw(place, `${text} is not a blank`, 'a blank is {{input}} or {{name}}; write \\{{ for braces as they are');
}

function placeIn(text: string, offset: number, label: string): string {
  const lines = text.slice(0, offset).split('\n');
  return `${label}:${lines.length}:${(lines.at(-1) ?? '').length + 1}`;
}

function flaw(place: string, message: string, hint: string): MomError {
  return new MomError('config_invalid', `${place}: ${message}`, { hint });
}
