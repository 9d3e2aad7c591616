import { isAlias, isScalar, isSeq, isMap as isYamlMap, LineCounter, type Node, parse, parseDocument } from 'yaml';
import { MomError, reasonOf } from '../../core/error.js';
import { isMap, type Path, type Position, type Source, type Tree } from './tree.js';

export interface ParsedFile {
  tree: Tree;
  source: Source;
}

/**
 * Reads the text of a config file (YAML, of which JSON is a part).
 * @param label how the file is called in messages
 * @throws MomError `config_invalid` with line and column
 */
export function parseFile(text: string, file: string, label: string, kind: 'user' | 'project' | 'named'): ParsedFile {
  const lineCounter = new LineCounter();
  const document = parseDocument(text, { lineCounter, prettyErrors: false });
  const error = document.errors[0];
  if (error) {
    const at = lineCounter.linePos(error.pos[0]);
    throw new MomError('config_invalid', `${label}:${at.line}:${at.col}: ${error.message}`, {
      hint: 'the file must be YAML or JSON; correct this place',
    });
  }
  const locate = (path: Path): Position | null => {
    const offset = offsetOf(document.contents, path, document);
    if (offset === null) return null;
    const at = lineCounter.linePos(offset);
    return { line: at.line, column: at.col };
  };
  const source: Source = {
    kind,
    file,
    label: (path) => {
      const at = locate(path);
      return at ? `${label}:${at.line}:${at.column}` : label;
    },
  };
  return { tree: toTree(() => document.toJS() as unknown, label), source };
}

function toTree(read: () => unknown, label: string): Tree {
  let value: unknown;
  try {
    value = read();
  } catch (error) {
    throw new MomError('config_invalid', `${label} cannot be read: ${reasonOf(error)}`, {
      hint: 'check its aliases',
      cause: error,
    });
  }
  if (value === null || value === undefined) return {};
  if (!isMap(value))
    throw new MomError('config_invalid', `${label}:1:1: a configuration is a map of options`, { hint: 'see `mom init` for an example' });
  return value;
}

/** Where the key (or the list entry) at `path` stands; for what is not there, the nearest thing around it. */
function offsetOf(root: unknown, path: Path, document: Parameters<Extract<Node, { resolve: unknown }>['resolve']>[0]): number | null {
  let node: unknown = root;
  let offset: number | null = null;
  for (const part of path) {
    if (isAlias(node)) node = node.resolve(document);
    if (isYamlMap(node)) {
      const pair = node.items.find((item) => String(isScalar(item.key) ? item.key.value : item.key) === String(part));
      if (!pair) return offset;
      offset = (pair.key as Node).range?.[0] ?? offset;
      node = pair.value;
    } else if (isSeq(node)) {
      node = node.items[Number(part)];
      offset = (node as Node | undefined)?.range?.[0] ?? offset;
    } else return offset;
  }
  return offset;
}

/** A value of the command line: a YAML scalar or flow collection. */
export function parseValue(text: string): unknown {
  return parse(text) as unknown;
}
