import type { Catalog, ModelFacts } from '../../core/catalog.js';
import { estimateTokens } from '../../core/estimate.js';
import { hasImages, type Message } from '../../core/message.js';
import type { Member } from '../../core/mixture.js';

/** Why a model is left out. */
export interface Refusal {
  code: 'model_without_images' | 'context_too_small' | 'model_retired';
  /** `openai/x takes no images` */
  reason: string;
  /** What to do about it. */
  instead: string;
}

type Members = readonly Member[];

/** Decides for each model once whether it can take a conversation, by what is known of it. */
export class Admission {
  readonly #messages: readonly Message[];
  readonly #catalog: Catalog;
  readonly #images: boolean;
  readonly #kept = new Map<Member, Member>();
  /** By provider and model; only models that were told of. */
  readonly #refused = new Map<string, Refusal>();
  #tokens: number | null = null;

  constructor(messages: readonly Message[], catalog: Catalog) {
    this.#messages = messages;
    this.#catalog = catalog;
    this.#images = hasImages(messages);
  }

  /** Of each model that was left out, once. */
  get refusals(): Refusal[] {
    return [...this.#refused.values()];
  }

  /** Those that can take the conversation, with the context that is known of them. A member stays the same object in every list. */
  keep(members: Members): Member[] {
    return this.#filter(members, true);
  }

  /** The same, for lists whose members may never be asked: nothing is told of them. */
  silently(): { keep(members: Members): Member[] } {
    return { keep: (members) => this.#filter(members, false) };
  }

  /** For a model that reads a few lines only, never the conversation. */
  keepInService(member: Member | null): Member | null {
    const refusal = member && this.#retired(member);
    if (!member || !refusal) return member;
    this.#refused.set(keyOf(member), refusal);
    return null;
  }

  #filter(members: Members, tell: boolean): Member[] {
    return members.flatMap((member) => {
      const facts = this.#catalog.facts(member.provider, member.model);
      const refusal = this.#retired(member) ?? this.#unfit(member, facts);
      if (refusal && tell) this.#refused.set(keyOf(member), refusal);
      return refusal ? [] : [this.#informed(member, facts)];
    });
  }

  #retired({ provider, model }: Member): Refusal | null {
    const retired = this.#catalog.retired(provider, model);
    if (!retired) return null;
    const instead = retired.nearest === null ? 'use another model' : `the nearest model in service is ${retired.nearest}`;
    return { code: 'model_retired', reason: `${model} is not in service at ${provider}`, instead };
  }

  #unfit({ model, context: configured }: Member, facts: ModelFacts | null): Refusal | null {
    if (this.#images && facts?.images === false) {
      return { code: 'model_without_images', reason: `${model} takes no images`, instead: 'use a model that takes images' };
    }
    // What the user says of a model counts more than its provider's list.
    const context = configured ?? facts?.context ?? null;
    if (context === null) return null;
    this.#tokens ??= estimateTokens(this.#messages);
    if (this.#tokens <= context) return null;
    const reason = `${model} has a context of ${context} tokens, the request is about ${this.#tokens} tokens`;
    return { code: 'context_too_small', reason, instead: 'use a model with a larger context, or send less' };
  }

  #informed(member: Member, facts: ModelFacts | null): Member {
    const context = facts?.context ?? null;
    if (member.context !== null || context === null) return member;
    const kept = this.#kept.get(member) ?? { ...member, context };
    this.#kept.set(member, kept);
    return kept;
  }
}

function keyOf({ provider, model }: Member): string {
  return `${provider} ${model}`;
}
