import * as v from 'valibot';
import { MomError } from '../../core/error.js';
import { isMap, type Layer, type Path, pathText, valueAt } from '../files/tree.js';
import { nearestName } from '../nearest.js';
import { configSchema } from './schema.js';

/** One thing that is wrong, in words and with its place. */
export interface Problem {
  place: string;
  message: string;
  hint: string | null;
}

/** Checks one layer on its own. Unknown options come first: a misspelt one may be what another problem misses. */
export function findProblems(layer: Layer): Problem[] {
  const result = v.safeParse(configSchema, layer.tree);
  if (result.success) return [];
  const issues = result.issues.flatMap((issue) => innermost(issue));
  const problems = [...issues.filter(isUnknown), ...issues.filter((issue) => !isUnknown(issue))].map((issue) => describe(issue, layer));
  return problems.filter(
    ({ place, message }, index) => problems.findIndex((one) => one.place === place && one.message === message) === index,
  );
}

/** @throws MomError `config_invalid` that names every problem (at most ten) */
export function validateLayer(layer: Layer): void {
  const problems = findProblems(layer);
  const first = problems[0];
  if (!first) return;
  const shown = problems.slice(0, 10).map((problem) => `${problem.place}: ${problem.message}`);
  if (problems.length > shown.length) shown.push(`and ${problems.length - shown.length} more`);
  throw new MomError('config_invalid', shown.join('\n'), {
    hint: first.hint ?? 'correct it; docs/config.md and `mom config schema` list every option',
  });
}

type Issue = v.BaseIssue<unknown> & { at?: Path };

/** A failed union tells what is wrong inside the one alternative that has the shape of the value. */
function innermost(issue: Issue, base: Path = []): (Issue & { at: Path })[] {
  const list = listForMap(issue);
  if (list !== null) return [{ ...issue, type: 'strict_object', expected: 'Object', received: 'Array', at: [...base, ...list] }];
  const at = [...base, ...issuePath(issue)];
  const deeper = (issue.issues ?? []).filter((inner) => issuePath(inner).length > 0);
  if (issue.type === 'union' && deeper.length > 0) return deeper.flatMap((inner) => innermost(inner, at));
  return [{ ...issue, at }];
}

/** Where a list stands in place of a map: the schema reads it as a map whose names are numbers. */
function listForMap(issue: v.BaseIssue<unknown>): Path | null {
  const path = issue.path ?? [];
  const index = path.findIndex(({ type, input }) => type === 'object' && Array.isArray(input));
  return index < 0 ? null : path.slice(0, index).map(({ key }) => key as string | number);
}

function isUnknown({ type, expected }: Issue): boolean {
  return type === 'strict_object' && expected === 'never';
}

function issuePath(issue: v.BaseIssue<unknown>): Path {
  return (issue.path ?? []).map((item) => item.key as string | number);
}

function describe(issue: Issue & { at: Path }, layer: Layer): Problem {
  const place = layer.source.label(issue.at);
  const name = String(issue.at.at(-1));
  const around = pathText(issue.at.slice(0, -1));
  if (isUnknown(issue)) {
    const nearest = nearestName(name, optionNames(issue.at.slice(0, -1)));
    return {
      place,
      message: `unknown option "${name}"${around === '' ? '' : ` in ${around}`}`,
      hint: nearest ? `did you mean "${nearest}"?` : null,
    };
  }
  if (issue.type === 'strict_object' && issue.received === 'undefined') {
    return { place, message: `${around || 'the configuration'} has no "${name}"`, hint: `give it \`${name}:\`` };
  }
  const wanted = issue.type === 'strict_object' ? 'a map' : issue.message;
  const given = valueAt(layer.tree, issue.at);
  // It is a map, as it should be: something about its options is wrong.
  const isWhole = issue.type === 'check' && isMap(given);
  const nearest = typeof given === 'string' ? nearestName(given, namesWanted(issue)) : null;
  return {
    place,
    message: `${pathText(issue.at)} must be ${wanted}${isWhole ? '' : `, not ${shown(given, issue.at)}`}`,
    hint: nearest ? `did you mean "${nearest}"?` : null,
  };
}

/** The names that would have been right: of a list, or of one alternative of a union. */
function namesWanted(issue: v.BaseIssue<unknown>): string[] {
  if (issue.type === 'union') return (issue.issues ?? []).flatMap(namesWanted);
  return issue.type === 'picklist' ? [...(issue.expected ?? '').matchAll(/"([^"]*)"/g)].map((match) => match[1] as string) : [];
}

/** The value as the user wrote it, unless it could be a secret. */
function shown(value: unknown, path: Path): string {
  const isKey = path[0] === 'serve' && path[1] === 'keys';
  if (isKey || path.some((part) => part === 'api_key' || part === 'headers' || part === 'base_url')) return 'this value';
  if (value === null) return 'empty';
  if (Array.isArray(value)) return value.length === 0 ? 'an empty list' : `a list of ${value.length}`;
  if (typeof value === 'object') return 'a map';
  const text = typeof value === 'string' ? JSON.stringify(value) : String(value);
  return text.length > 60 ? `${text.slice(0, 57)}...` : text;
}

/** The names that are known where `path` points. */
function optionNames(path: Path): string[] {
  let schemas: unknown[] = [configSchema];
  for (const part of path) schemas = schemas.flatMap((schema) => step(schema, part));
  return schemas
    .flatMap((schema) => flatten(schema))
    .flatMap((schema) => ('entries' in schema ? Object.keys(schema.entries as object) : []));
}

function step(schema: unknown, part: string | number): unknown[] {
  return flatten(schema).flatMap((inner) => {
    if ('entries' in inner) return [(inner.entries as Record<string, unknown>)[part]];
    if ('item' in inner) return [inner.item];
    if ('value' in inner) return [inner.value];
    return [];
  });
}

/** The schema without wrappers; all alternatives of a union. */
function flatten(schema: unknown): Record<string, unknown>[] {
  if (typeof schema !== 'object' || schema === null) return [];
  const inner = schema as Record<string, unknown>;
  if ('wrapped' in inner) return flatten(inner.wrapped);
  if (inner.type === 'union') return (inner.options as unknown[]).flatMap(flatten);
  return [inner];
}
