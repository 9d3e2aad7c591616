export { type DescribedValue, describeConfig } from './describe.js';
export { FILE_NAMES, userConfigDir } from './discover.js';
export {
  type ConfigFile,
  type LoadedConfig,
  type LoadOptions,
  loadConfig,
  type Override,
  parseSet,
  type Settings,
  settingsOf,
} from './load.js';
export { findLocalServers, type LocalServer, type Probe, probeModels } from './local.js';
export { sandboxProviders } from './provider.js';
export { mixtureNames } from './recipe.js';
export { type MixtureChoice, type ResolvedMixture, resolveMixture } from './resolve.js';
export type { Config, MemberConfig, MixtureConfig, ProviderConfig } from './schema.js';
