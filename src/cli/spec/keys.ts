import { CONFIG_FILE, type CommandSpec, JSON_OUT } from './option-spec.js';

/** What stands for the gateway's own key where a provider could. */
const SERVE_KEY = ['serve'];

export const KEYS: readonly CommandSpec[] = [
  { name: 'keys', summary: 'keep the keys of providers, and the one of mom serve', options: [], parent: true },
  {
    name: 'keys set',
    args: '<provider>',
    completes: 'provider',
    words: SERVE_KEY,
    summary: 'keep a key: typed unseen on a terminal, else read from stdin',
    tooMany:
      'a key is no argument, as it would stand in the history of the shell and in the list of processes: type it, or give it through stdin',
    options: [CONFIG_FILE],
    examples: ['mom keys set openrouter', 'mom keys set openai < key.txt', 'mom keys set serve'],
  },
  { name: 'keys list', summary: 'say which providers have a key and where it comes from', options: [JSON_OUT, CONFIG_FILE] },
  {
    name: 'keys show',
    args: '<provider>',
    completes: 'provider',
    words: SERVE_KEY,
    summary: 'print a key to stdout; serve is the one of mom serve --auth',
    options: [],
  },
  { name: 'keys rm', args: '<provider>', completes: 'provider', words: SERVE_KEY, summary: 'forget a key that mom keeps', options: [] },
];
