import { createHash } from 'node:crypto';
import type { SemanticRule } from '../../core/answer-cache.js';
import { type Message, messageText } from '../../core/message.js';
import type { Member, Mixture } from '../../core/mixture.js';
import type { RunRequest } from '../../core/run.js';

/** By what a stored answer is found again. */
export interface CacheKeys {
  /** Same conversation, mixture, parameters, tools and form. */
  key: string;
  /** The same but for the last question, which `question` is; null where questions can't be compared. */
  scope: string | null;
  /** Text of the last user turn. */
  question: string;
}

/**
 * Hashes of everything that can change an answer. Limits of time and money, the mixture's name and the seed of labels
 * and order are left out: they don't say which answer is wanted.
 * @param realm where the answers come from, as far as providers' names don't say it
 */
export function cacheKeys(request: RunRequest, realm: string, semantic: SemanticRule | null): CacheKeys {
  const { messages, mixture, params = {}, writerParams = {}, tools, format } = request;
  // What is not asked for is left out: the key is then that of a request which can't ask for it.
  const asked = { realm, mixture: recipe(mixture), params, writerParams, tools: tools ?? undefined, format: format ?? undefined };
  const last = messages.at(-1);
  const question = messageText(messages.findLast(({ role }) => role === 'user') ?? { role: 'user', content: null });
  const comparable = semantic !== null && last?.role === 'user' && isTextOnly(last) && question.trim() !== '';
  const embedding = comparable && { provider: semantic.provider, model: semantic.model };
  return {
    key: hash({ ...asked, messages }),
    scope: embedding ? hash({ ...asked, embedding, messages: [...messages.slice(0, -1), { ...last, content: null }] }) : null,
    question,
  };
}

function isTextOnly({ content }: Message): boolean {
  return typeof content === 'string' || (content ?? []).every((part) => part.type === 'text');
}

/** Whatever is not known to be a limit or a name counts, so that a new option can't be forgotten here. */
function recipe(mixture: Mixture): unknown {
  const { name, strategyChosen, grace, runTimeout, retries, maxCost, expectedOutput, allowUnknownPrice, ...rest } = mixture;
  const { proposers, critics, single, rules, verify, auto } = rest;
  const { cascade, layers } = rules;
  return {
    ...rest,
    proposers: proposers.map(part),
    critics: critics.map(part),
    single: single && part(single),
    rules: {
      ...rules,
      cascade: { ...cascade, tiers: cascade.tiers.map((tier) => tier.map(part)) },
      layers: { ...layers, aggregators: layers.aggregators.map(part) },
    },
    verify: verify && { ...verify, verifier: verify.verifier && part(verify.verifier) },
    auto: {
      ...auto,
      classifier: auto.classifier && part(auto.classifier),
      routes: Object.fromEntries(Object.entries(auto.routes).map(([route, target]) => [route, recipe(target)])),
    },
  };
}

function part({ timeouts, ...rest }: Member): unknown {
  return rest;
}

function hash(value: unknown): string {
  return createHash('sha256').update(canonical(value)).digest('hex');
}

/** JSON in which the order of keys, and options that are not set, make no difference. */
function canonical(value: unknown): string {
  return JSON.stringify(value, (_key, item: unknown) =>
    typeof item === 'object' && item !== null && !Array.isArray(item)
      ? Object.fromEntries(Object.entries(item).sort(([a], [b]) => (a < b ? -1 : 1)))
      : item,
  );
}
