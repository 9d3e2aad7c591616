import { type CommandSpec, GROUPS } from './option-spec.js';
import { someText, wholeNumber } from './values.js';

const { more } = GROUPS;

export const SANDBOX: CommandSpec = {
  name: 'sandbox',
  summary: 'start the built-in simulated provider on loopback',
  options: [
    { flags: '--port <n>', help: 'port; 0 picks one', group: more, value: wholeNumber(0) },
    {
      flags: '--recorded <file>',
      help: 'recorded answers to serve as recorded/<system> (repeat)',
      group: more,
      repeat: true,
      value: someText,
      completes: 'file',
    },
    { flags: '--replay <file>', help: 'traffic kept with mom ask --record', group: more, value: someText, completes: 'file' },
    { flags: '--seed <n>', help: 'seed of everything drawn by chance', group: more, value: wholeNumber(0) },
  ],
};
