import { ASK } from './ask.js';
import { CONFIG, INIT } from './config.js';
import { EVAL } from './eval.js';
import { KEYS } from './keys.js';
import { COST, LOGS } from './logs.js';
import { DOCTOR, MODELS } from './models.js';
import type { CommandSpec } from './option-spec.js';
import { SANDBOX } from './sandbox.js';
import { SERVE } from './serve.js';
import { COMPLETION, TEMPLATES } from './templates.js';

/** Every command, in the order of the help. */
export const COMMANDS: readonly CommandSpec[] = [
  ASK,
  SERVE,
  ...LOGS,
  COST,
  ...EVAL,
  MODELS,
  ...KEYS,
  ...TEMPLATES,
  INIT,
  ...CONFIG,
  DOCTOR,
  COMPLETION,
  SANDBOX,
];
