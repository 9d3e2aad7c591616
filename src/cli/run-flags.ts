/** Flags that `mom ask` and `mom serve` have in common, as the parser hands them over. */
export interface RunFlags {
  mixture?: string;
  set?: string[];
  log: boolean;
  sandbox?: boolean;
  seed?: number;
  config?: string;
  debugRequests?: boolean;
  debugDir?: string;
  quiet?: boolean;
}
