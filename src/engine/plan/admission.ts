import type { Catalog, ModelFacts } from '../../core/catalog.js';
import { estimateTokens, estimateToolTokens } from '../../core/estimate.js';
import { hasImages } from '../../core/message.js';
import type { Member } from '../../core/mixture.js';
import type { RunRequest } from '../../core/run.js';

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
  readonly #request: RunRequest;
  readonly #catalog: Catalog;
  readonly #images: boolean;
  readonly #kept = new Map<Member, Member>();
  /** By provider and model; only models that were told of. */
  readonly #refused = new Map<string, Refusal>();
  #tokens: number | null = null;

  constructor(request: RunRequest, catalog: Catalog) {
    this.#request = request;
    this.#catalog = catalog;
    this.#images = hasImages(request.messages);
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
    if (!this.#catalog.retired(provider, model)) return null;
    const nearest = this.#catalog.nearest(provider, model, (facts) => this.#fits(facts));
    const instead = nearest === null ? 'use another model' : `the nearest model in service is ${nearest}`;
    return { code: 'model_retired', reason: `${model} is not in service at ${provider}`, instead };
  }

  #unfit(member: Member, facts: ModelFacts | null): Refusal | null {
    const { model, context: configured } = member;
    if (this.#images && facts?.images === false) {
      const instead = this.#instead(member, 'takes images', 'use a model that takes images');
      return { code: 'model_without_images', reason: `${model} takes no images`, instead };
    }
    // What the user says of a model counts more than its provider's list.
    const context = configured ?? facts?.context ?? null;
    if (context === null) return null;
    const tokens = this.#size();
    if (tokens <= context) return null;
    const reason = `${model} has a context of ${context} tokens, the request is about ${tokens} tokens`;
    const instead = this.#instead(member, 'can take it', 'use a model with a larger context, or send less');
    return { code: 'context_too_small', reason, instead };
  }

  #size(): number {
    this.#tokens ??= estimateTokens(this.#request.messages) + estimateToolTokens(this.#request.tools);
    return this.#tokens;
  }

  /** True for a model that is known to take the conversation, as far as it makes demands. */
  #fits({ images, context }: ModelFacts): boolean {
    return (!this.#images || images === true) && (context === null || this.#size() <= context);
  }

  /** What to use, where a model is known that can do it. */
  #instead({ provider, model }: Member, does: string, otherwise: string): string {
    const nearest = this.#catalog.nearest(provider, model, (facts) => this.#fits(facts));
    return nearest === null ? otherwise : `the nearest model that ${does} is ${nearest}`;
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
