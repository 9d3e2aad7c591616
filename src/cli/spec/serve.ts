import { CONFIG_FILE, type CommandSpec, GROUPS, SET } from './option-spec.js';
import { oneOf, someText, wholeBetween, wholeNumber } from './values.js';

const { models, access, more } = GROUPS;

export const SERVE: CommandSpec = {
  name: 'serve',
  summary: 'serve the same models to aider and other clients as an OpenAI-compatible API',
  options: [
    { flags: '--host <address>', help: 'address to listen on (default 127.0.0.1)', group: access, value: someText },
    { flags: '--port <n>', help: 'port; 0 picks one (default 8000)', group: access, value: wholeBetween(0, 65_535) },
    { flags: '--auth', help: 'ask clients for a key, which is made once; mom keys show serve prints it', group: access },
    { flags: '--allow-remote', help: 'listen on an address that other machines reach; needs a key', group: access },
    {
      flags: '--print-env <client>',
      help: 'print the lines that point aider or openai programs here, and end',
      group: access,
      value: oneOf('aider', 'openai'),
    },
    { flags: '--mixture <name>', help: 'mixture behind the model name mom', group: models, value: someText, completes: 'mixture' },
    SET,
    { flags: '--no-log', help: 'keep nothing of the runs', group: more },
    { flags: '--sandbox', help: 'use built-in simulated and recorded models: no key, no network', group: more },
    { flags: '--seed <n>', help: "seed of the sandbox's chance", group: more, value: wholeNumber(0) },
    { ...CONFIG_FILE },
    { flags: '--debug-requests', help: 'write a readable trace of each run to ./debug-requests/', group: more },
    { flags: '--debug-dir <dir>', help: 'write those traces to another folder', group: more, value: someText, completes: 'file' },
    { flags: '-q, --quiet', help: 'nothing on stderr but errors', group: more },
  ],
  examples: ['mom serve', 'mom serve --sandbox --port 0', 'mom serve --print-env aider'],
};
