import { CONFIG_FILE, type CommandSpec, GROUPS, JSON_OUT, SET } from './option-spec.js';

const { output, more } = GROUPS;

export const INIT: CommandSpec = {
  name: 'init',
  summary: 'write a commented mom.config.yaml',
  options: [
    { flags: '--project', help: 'write it into the working directory instead of your config folder', group: more },
    { flags: '--force', help: 'replace the file that is there', group: more },
  ],
};

export const CONFIG: readonly CommandSpec[] = [
  { name: 'config', summary: 'look at, check and trust the configuration', options: [], parent: true },
  {
    name: 'config show',
    summary: 'print the configuration in force, without secrets',
    options: [{ flags: '--origin', help: 'say where each value comes from', group: output }, JSON_OUT, SET, CONFIG_FILE],
  },
  { name: 'config where', summary: 'print the files that are looked at', options: [JSON_OUT, CONFIG_FILE] },
  { name: 'config validate', args: '[file]', completes: 'file', summary: 'check a configuration', options: [JSON_OUT] },
  { name: 'config schema', summary: 'print the JSON Schema of the configuration', options: [] },
  {
    name: 'config trust',
    args: '[file]',
    completes: 'file',
    summary: 'trust a project file, or a template of the project, as it is now',
    options: [{ flags: '--revoke', help: 'trust it no longer', group: more }],
  },
];
