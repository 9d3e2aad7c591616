import { MomError } from '../../core/error.js';
import type { ExtractRule } from '../../core/extract/rule.js';
import { LAYERS, MAX_CHECK_QUESTIONS, REFINE_ROUNDS } from '../../core/limits.js';
import { DEFAULT_RULES, type Member, type StrategyRules, type VerifyRule } from '../../core/mixture.js';
import type { Path } from '../files/tree.js';
import type { MemberConfig, MixtureConfig } from '../schema/schema.js';
import type { MixtureChoice } from '../wishes.js';

/** Makes a member of an entry: its id in the mixture, and where it stands. */
export type MakeMember = (entry: MemberConfig, id: string, path: Path) => Member;

/** How the strategies of a mixture work, from its configuration and the flags. @param tiers the cascade's, already members */
export function resolveRules(
  config: MixtureConfig,
  choice: MixtureChoice,
  tiers: StrategyRules['cascade']['tiers'],
  make: MakeMember,
  path: Path,
): StrategyRules {
  return {
    vote: { start: config.vote?.start ?? null, extract: extractRule(config) },
    select: { secondLook: config.select?.second_look ?? DEFAULT_RULES.select.secondLook },
    cascade: { tiers, confidence: config.cascade?.confidence ?? null },
    layers: resolveLayers(config, choice, make, path),
  };
}

function extractRule({ vote }: MixtureConfig): ExtractRule {
  const rule = vote?.extract ?? DEFAULT_RULES.vote.extract;
  return typeof rule === 'object' && 'regex' in rule ? { pattern: rule.regex } : rule;
}

function resolveLayers({ layers }: MixtureConfig, choice: MixtureChoice, make: MakeMember, path: Path): StrategyRules['layers'] {
  const own = typeof layers === 'number' ? { count: layers } : (layers ?? {});
  const aggregators = own.aggregators ?? [];
  return {
    count: bounded('--layers', choice.layers, LAYERS.min, LAYERS.max) ?? own.count ?? (layers === undefined ? null : LAYERS.default),
    carry: own.carry ?? DEFAULT_RULES.layers.carry,
    aggregators: aggregators.map((entry, index) => make(entry, `a${index + 1}`, [...path, 'layers', 'aggregators', index])),
  };
}

/** Rounds of refinement; `true` stands for the usual number. */
export function resolveRefine({ refine }: MixtureConfig, choice: MixtureChoice): number {
  const asked = bounded('--refine', choice.refine, 0, REFINE_ROUNDS.max);
  if (asked !== undefined) return asked;
  return typeof refine === 'number' ? refine : refine ? REFINE_ROUNDS.default : 0;
}

export function resolveVerify({ verify }: MixtureConfig, choice: MixtureChoice, make: MakeMember, path: Path): VerifyRule | null {
  if (!(choice.verify ?? (verify !== undefined && verify !== false))) return null;
  const own = typeof verify === 'object' ? verify : {};
  return {
    questions: own.questions ?? MAX_CHECK_QUESTIONS,
    verifier: own.model === undefined ? null : make(own.model, 'v1', [...path, 'verify', 'model']),
    show: own.show ?? 'repaired',
  };
}

/** @throws MomError `usage` for a flag's value that is out of bounds */
function bounded(flag: string, value: number | undefined, low: number, high: number): number | undefined {
  if (value === undefined || (value >= low && value <= high)) return value;
  throw new MomError('usage', `${flag} ${value} is out of bounds`, { hint: `use a number from ${low} to ${high}` });
}
