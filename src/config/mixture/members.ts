import { parseDuration } from '../../core/duration.js';
import { MomError } from '../../core/error.js';
import { DEFAULT_TIMEOUTS, type Timeouts } from '../../core/limits.js';
import type { Member } from '../../core/mixture.js';
import { familyOf } from '../../core/model.js';
import { STANDARD_ROLES } from '../../core/roles.js';
import type { Path } from '../files/tree.js';
import type { LoadedConfig } from '../load.js';
import { nameHint } from '../nearest.js';
import { DEFAULT_PROVIDER } from '../providers/known.js';
import { providerNames } from '../providers/provider.js';
import type { MemberConfig, MemberObject, MixtureConfig, RoleConfig, TimeoutsConfig } from '../schema/schema.js';

/** What every member of a mixture shares. */
export interface MemberDefaults {
  mixture: MixtureConfig;
  timeouts: Timeouts;
  /** The limit of one call that a flag set, in milliseconds. */
  callTimeout: number | undefined;
}

/**
 * An entry of the configuration, or an id of the command line, with everything filled in.
 * @param path where the entry stands
 * @throws MomError `config_invalid` for a provider or role that does not exist
 */
export function resolveMember(
  config: LoadedConfig,
  entry: MemberConfig,
  id: string,
  path: Path,
  defaults: MemberDefaults,
  role: Member['role'],
): Member {
  const own: MemberObject = typeof entry === 'string' ? { model: entry } : entry;
  const text = (option: keyof MemberObject) =>
    typeof own[option] === 'string' ? (config.text([...path, option], own[option]) as string) : undefined;
  const written = typeof entry === 'string' ? (config.text(path, entry) as string) : (text('model') as string);
  const { provider, model } = splitModel(config, written, text('provider'), path);
  const { mixture } = defaults;
  return {
    id,
    provider,
    model,
    family: text('family') ?? familyOf(model),
    weight: own.weight ?? 1,
    role: own.role === undefined ? role : resolveRole(config, own.role, [...path, 'role']),
    required: own.required ?? false,
    params: {
      temperature: own.temperature ?? mixture.temperature,
      top_p: own.top_p ?? mixture.top_p,
      seed: own.seed ?? mixture.seed,
      max_tokens: own.max_tokens ?? mixture.max_tokens,
      reasoning_effort: own.reasoning_effort ?? mixture.reasoning_effort,
    },
    extraBody: (config.deepText([...path, 'extra_body'], own.extra_body ?? {}) ?? {}) as Record<string, unknown>,
    privacy: { ...own.privacy },
    timeouts: {
      ...mergeTimeouts(defaults.timeouts, own.timeouts),
      ...(defaults.callTimeout === undefined ? {} : { call: defaults.callTimeout }),
    },
    context: own.context ?? null,
  };
}

/** `provider:model`, where the text before the first colon is a provider's name. */
export function splitModel(
  config: LoadedConfig,
  written: string,
  named: string | undefined,
  path: Path,
): { provider: string; model: string } {
  const names = providerNames(config);
  if (named !== undefined) {
    if (!names.includes(named)) {
      throw new MomError('config_invalid', `${config.origin([...path, 'provider'])}: there is no provider '${named}'`, {
        hint: nameHint(named, names),
      });
    }
    return { provider: named, model: aliasOf(named, written) };
  }
  const colon = written.indexOf(':');
  const prefix = written.slice(0, Math.max(colon, 0));
  if (names.includes(prefix) && colon < written.length - 1) return { provider: prefix, model: aliasOf(prefix, written.slice(colon + 1)) };
  return { provider: DEFAULT_PROVIDER, model: aliasOf(DEFAULT_PROVIDER, written) };
}

/** OpenRouter's ids for the newest model of a line begin with `~`, which is easily left out. */
function aliasOf(provider: string, model: string): string {
  return provider === DEFAULT_PROVIDER && /^[^~/][^/]*\/[^/]+-latest$/.test(model) ? `~${model}` : model;
}

/** @throws MomError `config_invalid`, or `usage` when a flag named the role */
export function resolveRole(config: LoadedConfig, role: RoleConfig, path: Path | null): NonNullable<Member['role']> {
  if (typeof role !== 'string') return { name: 'own', text: config.text([...(path ?? []), 'text'], role.text) as string };
  const own = config.values.roles ?? {};
  if (Object.hasOwn(own, role)) return { name: role, text: config.text(['roles', role]) as string };
  const standard = Object.hasOwn(STANDARD_ROLES, role) ? STANDARD_ROLES[role] : undefined;
  if (standard !== undefined) return { name: role, text: standard };
  throw new MomError(
    path === null ? 'usage' : 'config_invalid',
    `${path === null ? '' : `${config.origin(path)}: `}there is no role '${role}'`,
    {
      hint: nameHint(role, [...Object.keys(STANDARD_ROLES), ...Object.keys(own)]),
    },
  );
}

/** Limits over limits; durations become milliseconds. */
export function mergeTimeouts(base: Timeouts, own: TimeoutsConfig | undefined): Timeouts {
  const merged = { ...base };
  for (const name of Object.keys(DEFAULT_TIMEOUTS) as (keyof Timeouts)[]) {
    const value = own?.[name];
    if (value !== undefined) merged[name] = milliseconds(value);
  }
  return merged;
}

/** A duration that the schema has accepted. */
export function milliseconds(value: string | 0): number {
  const ms = value === 0 ? 0 : parseDuration(value);
  if (ms === null) throw new MomError('bug', `'${value}' passed the schema but is no duration`);
  return ms;
}
