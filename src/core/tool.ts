/** A tool as a client offers it, in the shape of the OpenAI chat API; passed on to the letter. */
export interface ToolDefinition {
  type: 'function';
  function: { name: string; description?: string; parameters?: Record<string, unknown>; strict?: boolean | null };
  /** The client's mark of where a provider's prompt cache may end. */
  cache_control?: Record<string, unknown>;
}

/** The tools that the model that writes the answer may call. */
export interface ToolOffer {
  tools: readonly ToolDefinition[];
  /** `none`, `auto`, `required`, or one tool by name, in the API's shape; undefined leaves it to the provider. */
  choice: unknown;
  /** Whether several may be called at once; undefined leaves it to the provider. */
  parallel: boolean | undefined;
}

/** A model's wish that a tool be called. */
export interface ToolCall {
  /** Unique in its answer; the tool's result names it. */
  id: string;
  name: string;
  /** JSON, as the model wrote it. */
  arguments: string;
}

/** A tool call as it stands in a message of the OpenAI chat API. */
export interface WireToolCall {
  id: string;
  type: 'function';
  function: { name: string; arguments: string };
}

/** True when there are tools that may be called, not merely shown. */
export function mayCallTools(offer: ToolOffer | null | undefined): offer is ToolOffer {
  return offer != null && offer.tools.length > 0 && offer.choice !== 'none';
}
