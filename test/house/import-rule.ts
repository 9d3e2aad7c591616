import { posix } from 'node:path';

/** What each part of src may import besides itself. */
const MAY_IMPORT: Readonly<Record<string, readonly string[]>> = {
  core: [],
  prompts: ['core'],
  config: ['core'],
  client: ['core'],
  store: ['core'],
  observe: ['core'],
  sandbox: ['core'],
  engine: ['prompts', 'core'],
  eval: ['prompts', 'core'],
  app: ['core', 'prompts', 'config', 'client', 'store', 'observe', 'sandbox', 'engine', 'eval'],
  library: ['app', 'core'],
  server: ['app', 'config', 'observe', 'core'],
  cli: ['app', 'config', 'observe', 'core', 'server', 'sandbox'],
  index: ['library', 'app', 'core'],
};

/** Static, dynamic and type imports and re-exports of relative files. */
const SPECIFIER = /(?:\bfrom|\bimport)\s*\(?\s*(['"`])(\.{1,2}\/[^'"`]+)\1/g;

const partOf = (file: string): string => (file.includes('/') ? file.slice(0, file.indexOf('/')) : file.replace(/\.ts$/, ''));

/** The files each file imports, as paths inside src. `sources`: path inside src -> text. */
export function importGraph(sources: ReadonlyMap<string, string>): Map<string, string[]> {
  const graph = new Map<string, string[]>();
  for (const [file, text] of sources) {
    const targets = [...text.matchAll(SPECIFIER)].map((match) => posix.join(posix.dirname(file), match[2]!).replace(/\.js$/, '.ts'));
    graph.set(file, [...new Set(targets)]);
  }
  return graph;
}

function cycleFrom(start: string, graph: ReadonlyMap<string, string[]>): string[] | null {
  const queue: string[][] = [[start]];
  const seen = new Set<string>();
  for (const path of queue) {
    for (const next of graph.get(path.at(-1)!) ?? []) {
      if (next === start) return [...path, start];
      if (seen.has(next)) continue;
      seen.add(next);
      queue.push([...path, next]);
    }
  }
  return null;
}

/** One sentence per broken rule; empty when the house is in order. */
export function brokenImportRules(sources: ReadonlyMap<string, string>): string[] {
  const graph = importGraph(sources);
  const broken: string[] = [];
  const inCycle = new Set<string>();
  for (const [file, targets] of graph) {
    const part = partOf(file);
    const allowed = MAY_IMPORT[part];
    if (allowed === undefined) broken.push(`${file} is in no known part of src`);
    for (const target of targets) {
      if (target.startsWith('../')) broken.push(`${file} imports ${target}, outside of src`);
      else if (!sources.has(target)) broken.push(`${file} imports ${target}, which does not exist`);
      else if (allowed && partOf(target) !== part && !allowed.includes(partOf(target))) {
        broken.push(`${file} imports ${target}: ${part} may import ${allowed.join(', ') || 'nothing'}`);
      }
    }
    if (inCycle.has(file)) continue;
    const cycle = cycleFrom(file, graph);
    if (cycle === null) continue;
    for (const member of cycle) inCycle.add(member);
    broken.push(`cycle: ${cycle.join(' -> ')}`);
  }
  return broken;
}
