/** One HTTP exchange with a provider, one line of a recording. No header that could hold a secret is kept. */
export interface Exchange {
  request: { method: string; path: string; body: unknown };
  response: {
    status: number;
    headers: Record<string, string>;
    /** The body as it came, in pieces; `t_ms` counts from the request. */
    chunks: { t_ms: number; text: string }[];
    /** True when the stream broke off instead of ending. */
    broken: boolean;
  };
}
