/** Less room than this (tokens) is none for an answer: then the request itself is too long. */
const LEAST_ROOM = 1_024;

/** Characters of a provider's words that are looked at: what is longer is no sentence about a limit. */
const MAX_READ = 4_000;

/** How providers refuse a `max_tokens` that is too large, and what they say they would take; `null`: they do not say it. */
const REFUSALS: readonly [RegExp, (said: readonly number[]) => number | null][] = [
  // OpenAI
  [/max_(?:completion_)?tokens is too large.*?at most (\d+)/i, ([most = 0]) => most],
  // Anthropic
  [/max_tokens: \d+ > (\d+), which is the maximum/i, ([most = 0]) => most],
  [/exceed context limit: (\d+) \+ \d+ > (\d+)/i, ([input = 0, context = 0]) => context - input],
  // vLLM
  [
    /is too large.*?context length is\s+(\d+) tokens and your request has (\d+) input tokens/i,
    ([context = 0, input = 0]) => context - input,
  ],
  [/you requested \d+ output tokens and your prompt contains at least \d+/i, () => null],
  // OpenAI's older models, OpenRouter, and what speaks like them
  [
    /context length is (\d+) tokens.*?requested (?:about )?(\d+) tokens \(.*?(\d+) (?:in|for) the (?:completion|output)/i,
    ([context = 0, all = 0, output = 0]) => context - (all - output),
  ],
  // DeepSeek, Qwen
  [/range of max_(?:completion_)?tokens (?:is|should be) \[\d+, ?(\d+)\]/i, ([most = 0]) => most],
  // Google
  [/maxOutputTokens value of \d+ but the supported range is from \d+ \(inclusive\) to (\d+) \(exclusive\)/i, ([end = 1]) => end - 1],
  // Groq
  [/max_(?:completion_)?tokens`? must be less than or equal to `?(\d+)/i, ([most = 0]) => most],
  // Volcengine
  [/max_(?:completion_)?tokens`?.*?expected a value <= (\d+)/i, ([most = 0]) => most],
  // Bedrock
  [/maximum tokens you requested exceeds the model limit of (\d+)/i, ([most = 0]) => most],
  [/max_(?:completion_)?tokens.*?(?:too large|too high|too big|exceeds?|greater than|at most|<=|maximum)/i, () => null],
];

/**
 * What a provider that refuses a `max_tokens` as too large would take; `tokens: null` where it does not say. Null when its
 * words are about something else, or leave no room for an answer.
 */
export function roomForOutput(message: string): { tokens: number | null } | null {
  for (const [pattern, read] of REFUSALS) {
    const match = pattern.exec(message.slice(0, MAX_READ));
    if (match === null) continue;
    const tokens = read(match.slice(1).map(Number));
    return tokens !== null && tokens < LEAST_ROOM ? null : { tokens };
  }
  return null;
}
