import { isRecord } from '../../core/record.js';

/** A place in the configuration: names of options, numbers of list entries. */
export type Path = readonly (string | number)[];

export interface Position {
  line: number;
  column: number;
}

/** Where values come from: a file, the environment, a flag, or mom itself. */
export interface Source {
  kind: 'built-in' | 'user' | 'project' | 'named' | 'env' | 'flag';
  /** For sentences: a path, `MOM_API_KEY`, `--set`, `built-in`. */
  label(path: Path): string;
  /** The file; null for the other kinds. */
  file: string | null;
}

export type Tree = { [key: string]: unknown };

export interface Layer {
  source: Source;
  tree: Tree;
}

export function isMap(value: unknown): value is Tree {
  return isRecord(value);
}

/** `mixtures.default.quorum`; names with dots are quoted, list entries in brackets. */
export function pathText(path: Path): string {
  return path.reduce<string>((text, part) => {
    if (typeof part === 'number') return `${text}[${part}]`;
    const name = part.includes('.') ? JSON.stringify(part) : part;
    return text === '' ? name : `${text}.${name}`;
  }, '');
}

/** The value at `path`; undefined when there is none. */
export function valueAt(tree: unknown, path: Path): unknown {
  let value = tree;
  for (const part of path) {
    if (typeof value !== 'object' || value === null || !Object.hasOwn(value, part)) return undefined;
    value = (value as Record<string | number, unknown>)[part];
  }
  return value;
}

/** Layers in order of rising weight as one tree: maps merge, everything else replaces. */
export class Merged {
  readonly tree: Tree = {};
  readonly #origins = new Map<string, Source>();

  constructor(layers: readonly Layer[]) {
    for (const layer of layers) this.#merge(this.tree, layer.tree, layer.source, []);
  }

  /** Where the value at `path`, or the list or map around it, was set. */
  source(path: Path): Source | null {
    for (let length = path.length; length > 0; length--) {
      const source = this.#origins.get(JSON.stringify(path.slice(0, length)));
      if (source) return source;
    }
    return null;
  }

  #merge(target: Tree, tree: Tree, source: Source, path: Path): void {
    for (const [key, value] of Object.entries(tree)) {
      if (value === undefined) continue;
      const here = [...path, key];
      if (isMap(value)) {
        const own = Object.hasOwn(target, key) ? target[key] : undefined;
        const child = isMap(own) ? own : {};
        define(target, key, child);
        this.#merge(child, value, source, here);
      } else {
        define(target, key, structuredClone(value));
      }
      this.#origins.set(JSON.stringify(here), source);
    }
  }
}

/** Also for a key such as `__proto__`, which a plain assignment would not store. */
function define(target: Tree, key: string, value: unknown): void {
  Object.defineProperty(target, key, { value, writable: true, enumerable: true, configurable: true });
}
