import { looksLikeKey } from '../core/key-like.js';
import { isMap, type Path, pathText } from './files/tree.js';
import type { LoadedConfig } from './load.js';

/** One value in force and where it comes from; secrets are hidden. */
export interface DescribedValue {
  path: string;
  value: unknown;
  origin: string;
}

const HIDDEN = '***';
const SECRET_NAME = /key|token|secret|auth|password|cookie/i;

/** Every value in force, in the order of the configuration. Lists count as one value. */
export function describeConfig(config: LoadedConfig): DescribedValue[] {
  const found: DescribedValue[] = [];
  const visit = (value: unknown, path: Path) => {
    if (isMap(value) && Object.keys(value).length > 0) for (const [key, item] of Object.entries(value)) visit(item, [...path, key]);
    else found.push({ path: pathText(path), value, origin: config.origin(path) });
  };
  visit(shownConfig(config), []);
  return found;
}

/** The configuration in force without secrets. */
export function shownConfig(config: LoadedConfig): Record<string, unknown> {
  return hide(config.values, []) as Record<string, unknown>;
}

function hide(value: unknown, path: Path): unknown {
  if (Array.isArray(value)) return value.map((item, index) => hide(item, [...path, index]));
  if (isMap(value)) return Object.fromEntries(Object.entries(value).map(([key, item]) => [key, hide(item, [...path, key])]));
  if (typeof value !== 'string' || isReference(value)) return value;
  if (isSecret(path) || (path[2] === 'api_key_cmd' && looksLikeKey(value))) return HIDDEN;
  return path.at(-1) === 'base_url' ? withoutCredentials(value) : value.replace(/\bsk-[A-Za-z0-9_-]{8,}/g, HIDDEN);
}

/** Keys of providers and of the gateway, headers of any name; below extra_body what is called like a secret. */
function isSecret(path: Path): boolean {
  if (path[0] === 'providers' && (path[2] === 'api_key' || path[2] === 'headers')) return true;
  if (path[0] === 'serve' && path[1] === 'keys') return path.length === 3 || path[3] === 'key';
  return path.includes('extra_body') && SECRET_NAME.test(String(path.at(-1)));
}

/** Nothing but the name of a variable; a default could be a secret. */
function isReference(value: string): boolean {
  return /^\$\{[A-Za-z_][A-Za-z0-9_]*\}$/.test(value);
}

function withoutCredentials(address: string): string {
  return address.replace(/\/\/[^/@]*@/, `//${HIDDEN}@`);
}
