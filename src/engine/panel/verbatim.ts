import type { RunStrategy } from '../../core/mixture.js';
import type { SamplingParams } from '../../core/model.js';
import type { RunRequest } from '../../core/run.js';

/** True for strategies whose answer is a proposal as it stands. */
export function sendsProposals(strategy: RunStrategy): boolean {
  return strategy === 'vote' || strategy === 'select' || strategy === 'cascade';
}

/**
 * For proposals of which one goes out as it stands: each may be the answer, so what limits the answer limits all of
 * them. How an answer is to be sampled is left to the models.
 */
export function answerLimits({ writerParams = {} }: RunRequest): SamplingParams {
  const { max_tokens, stop } = writerParams;
  return { ...(max_tokens === undefined ? {} : { max_tokens }), ...(stop === undefined ? {} : { stop }) };
}
