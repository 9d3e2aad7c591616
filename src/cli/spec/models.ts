import { CONFIG_FILE, type CommandSpec, GROUPS, JSON_OUT } from './option-spec.js';
import { someText, wholeNumber } from './values.js';

const { models, more } = GROUPS;

export const MODELS: CommandSpec = {
  name: 'models',
  args: '[words...]',
  summary: 'list mixtures and models with prices and context',
  options: [
    { flags: '--provider <name>', help: 'only of this provider', group: models, value: someText, completes: 'provider' },
    { flags: '--free', help: 'only those that cost nothing', group: models },
    { flags: '--context <tokens>', help: 'only those that can read so much', group: models, value: wholeNumber(1) },
    { flags: '--refresh', help: 'fetch the lists anew', group: more },
    JSON_OUT,
    { flags: '--sandbox', help: 'the built-in simulated and recorded models', group: more },
    CONFIG_FILE,
  ],
  examples: ['mom models claude', 'mom models --free --context 100000'],
};

export const DOCTOR: CommandSpec = {
  name: 'doctor',
  summary: 'check configuration, keys, providers, prices, store and terminal, and say how to mend what is wrong',
  options: [
    { flags: '--live', help: 'ask each configured model one cheap question too, and say how fast and how dear it was', group: models },
    JSON_OUT,
    { flags: '--sandbox', help: 'with the built-in simulated provider', group: more },
    CONFIG_FILE,
  ],
};
