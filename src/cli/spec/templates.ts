import { type CommandSpec, JSON_OUT } from './option-spec.js';

export const TEMPLATES: readonly CommandSpec[] = [
  { name: 'templates', summary: 'questions with blanks, for mom ask -t', options: [], parent: true },
  { name: 'templates list', summary: 'list them', options: [JSON_OUT] },
  { name: 'templates show', args: '<name>', completes: 'template', summary: 'print one as it is', options: [] },
  { name: 'templates edit', args: '<name>', completes: 'template', summary: 'write or change one of your own in your editor', options: [] },
];

export const COMPLETION: CommandSpec = {
  name: 'completion',
  args: '<shell>',
  words: ['bash', 'zsh', 'fish'],
  summary: 'print the completion script for bash, zsh or fish',
  options: [],
  examples: [
    'source <(mom completion bash)          # in ~/.bashrc',
    'source <(mom completion zsh)           # in ~/.zshrc, after compinit',
    'mom completion fish | source           # in ~/.config/fish/config.fish',
  ],
};
