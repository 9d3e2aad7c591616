import type { Provider } from '../core/model.js';

/** How the embedded upstream behaves. */
export interface SandboxWish {
  seed?: number;
  recorded?: readonly string[];
  reportsCost?: boolean;
}

/** Where calls go. */
export interface Place {
  providers: readonly Provider[];
  close(): Promise<void>;
}

/** The providers' own endpoints, or, where a sandbox is wished for, one that is started and stands for all of them. */
export async function openPlace(providers: readonly Provider[], sandbox: SandboxWish | null | undefined): Promise<Place> {
  if (!sandbox) return { providers, close: async () => {} };
  const [{ startSandbox }, { sandboxProviders }] = await Promise.all([
    import('../sandbox/index.js'),
    import('../config/mixture/resolve.js'),
  ]);
  const started = await startSandbox(sandbox);
  return { providers: sandboxProviders(providers, started.url), close: () => started.close() };
}
