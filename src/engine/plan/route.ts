import type { ExtractorName } from '../../core/extract/rule.js';
import type { Cap, Member, Mixture, RunStrategy } from '../../core/mixture.js';
import type { Plan } from '../../core/plan.js';
import type { RunRequest } from '../../core/run.js';
import { chosenPlan, planOf, rewritingOf } from './plan-of.js';
import { type Difficulty, formOf, type RequestForm, type Task } from './request-form.js';
import { criticsGoOn } from './tool-turns.js';

/** What is known of a request, and the strategy that fits it. */
interface Finding {
  /** For the sentence `auto: <what>, so <consequence>`. */
  what: string;
  strategy: RunStrategy;
  /** The strategy holds whatever mixture the request is routed to. */
  binding: boolean;
  difficulty: Difficulty | null;
  task: Task | null;
}

/** What a classifier says of a request. */
export interface Verdict {
  difficulty: Difficulty;
  task: Task | null;
}

const ANSWERS: Readonly<Record<ExtractorName, string>> = {
  number: 'the question asks for a number',
  choice: 'the question asks for one of several choices',
  yes_no: 'the question asks for yes or no',
  json: 'the question asks for a JSON value',
  short: 'the question asks for a short exact text',
};

const CONSEQUENCES: Readonly<Record<RunStrategy, string>> = {
  single: 'one model answers',
  fuse: 'the answers are merged',
  self: 'one model is sampled',
  vote: 'the answers can be voted on',
  select: 'one answer is chosen and goes out unchanged',
  cascade: 'cheap models are asked first',
  deep: 'it is answered in layers',
};

/** Decides what a run will do. Asks nobody. @throws MomError `config_invalid` when the mixture can't be run */
export function route(request: RunRequest): Plan {
  const { mixture } = request;
  if (mixture.strategy !== 'auto') return chosenPlan(mixture, mixture.strategy);
  const form = formOf(request);
  const { finding, decided } = byRules(form);
  const plan = routedPlan(mixture, finding);
  if (form.tools === 'result' && plan.mixture.critics.length > 0)
    return criticsGoOn(plan, 'auto: a tool has answered, so the critic goes on alone');
  return decided ? plan : { ...plan, classifier: mixture.auto.classifier };
}

/** The plan after the classifier has spoken, for a request that the rules could not decide. */
export function reroute({ mixture }: RunRequest, classifier: Member, { difficulty, task }: Verdict): Plan {
  const strategy = difficulty === 'simple' ? 'single' : difficulty === 'complex' ? 'deep' : 'fuse';
  const what = `${classifier.model} finds the request ${difficulty}${task === null ? '' : ` (${task})`}`;
  return routedPlan(mixture, { what, strategy, binding: false, difficulty, task });
}

function byRules(form: RequestForm): { finding: Finding; decided: boolean } {
  const { task } = form;
  const found = (what: string, strategy: RunStrategy, more: Partial<Finding> = {}) => ({
    finding: { what, strategy, binding: false, difficulty: null, task, ...more },
    decided: true,
  });
  if (form.tools === 'result') return found('a tool has answered', 'single', { binding: true });
  if (form.tools === 'offered') return found('tools may be called, which only the critic does', 'fuse', { binding: true });
  if (form.bound !== null) {
    const kept = form.bound === 'JSON' ? 'the answer must be JSON' : 'the answer must be edits in an exact format';
    return found(kept, 'select', { binding: true });
  }
  if (form.tools === 'used') return found('the conversation uses tools, which only the critic may call', 'fuse', { binding: true });
  if (form.answer !== null) return found(ANSWERS[form.answer], 'vote');
  if (form.difficulty === 'simple') return found('it is a short, simple request', 'single', { difficulty: 'simple' });
  if (form.difficulty === 'complex') return found(`it is a complex request (${form.complexity})`, 'deep', { difficulty: 'complex' });
  return { ...found('no rule decides', 'fuse', { difficulty: 'medium' }), decided: false };
}

/** The mixture for what was found, and the strategy that it can follow. */
function routedPlan(first: Mixture, finding: Finding): Plan {
  const { target, by } = routeOf(first, finding);
  const mixture = target === null ? first : withRunLimits(target, first);
  const own = target?.strategyChosen && target.strategy !== 'auto' ? target.strategy : null;
  const where = target === null ? '' : `; mixture '${mixture.name}' is for ${by === 'other' ? 'the rest' : `what is ${by}`}`;
  if (own !== null && !finding.binding) return planOf(mixture, own, `auto: ${finding.what}${where}, with strategy '${own}' of its own`);
  const lack = lackFor(mixture, finding.strategy, by === 'complex' || first.rules.layers.count !== null);
  const strategy = lack === null ? finding.strategy : fallback(mixture);
  const rewriting = strategy === 'select' && finding.binding ? rewritingOf(mixture) : [];
  const exact = rewriting.length === 0 ? mixture : { ...mixture, refine: 0, verify: null };
  const who = target === null ? `mixture '${mixture.name}'` : 'it';
  const doubt = lack === null ? '' : ` but ${who} has ${lack},`;
  const without = rewriting.length === 0 ? '' : `, without ${rewriting.join(' and ')}`;
  return planOf(exact, strategy, `auto: ${finding.what}${where},${doubt} so ${CONSEQUENCES[strategy]}${without}`);
}

/** The kind of work weighs more than its difficulty; `other` is for what no other route takes. */
function routeOf({ auto: { routes } }: Mixture, { task, difficulty }: Finding) {
  const names = [task === 'other' ? null : task, difficulty, 'other' as const];
  const by = names.find((name) => name !== null && routes[name] !== undefined) ?? null;
  return { by, target: (by !== null && routes[by]) || null };
}

/** What limits the whole run stays as it was when the run began; a mixture's own cap can only lower it. */
function withRunLimits(target: Mixture, first: Mixture): Mixture {
  return { ...target, runTimeout: first.runTimeout, maxCost: lower(first.maxCost, target.maxCost) };
}

function lower(first: Cap | null, own: Cap | null): Cap | null {
  if (first === null || own === null) return first ?? own;
  return own.setByUser ? { usd: Math.min(first.usd, own.usd), setByUser: true } : first;
}

/** What a mixture lacks for a strategy, null when it lacks nothing. */
function lackFor(mixture: Mixture, strategy: RunStrategy, layersWanted: boolean): string | null {
  const { proposers, critics, single, rules } = mixture;
  switch (strategy) {
    case 'single':
      return single === null && critics.length === 0 ? 'no single model' : null;
    case 'vote':
      return new Set(proposers.map((member) => member.family)).size < 2 ? 'models of one family only' : null;
    case 'select':
      if (critics.length === 0) return 'no critic to choose';
      return proposers.length < 2 ? 'one proposer only' : null;
    case 'deep':
      if (proposers.length === 0 || critics.length === 0) return proposers.length === 0 ? 'no proposers' : 'no critic';
      return rules.layers.count === null && !layersWanted ? 'no layers configured' : null;
    default:
      return proposers.length === 0 ? 'no proposers' : null;
  }
}

/** Answers are merged; a mixture without proposers has only its single model. */
function fallback({ proposers }: Mixture): RunStrategy {
  return proposers.length === 0 ? 'single' : 'fuse';
}
