export { type DescribedValue, describeConfig } from './describe.js';
export { FILE_NAMES, userConfigDir } from './discover.js';
export {
  type ConfigFile,
  type LoadedConfig,
  type LoadOptions,
  loadConfig,
  parseSet,
} from './load.js';
export { findLocalServers, type LocalServer, type Probe, probeModels } from './local.js';
export { sandboxProviders } from './provider.js';
export { mixtureNames } from './recipe.js';
export { type ResolvedMixture, resolveMixture } from './resolve.js';
export type { Config, MemberConfig, MixtureConfig, ProviderConfig } from './schema.js';
export { settingsOf } from './settings.js';
export type { Env, MixtureChoice, Override, Settings } from './wishes.js';
