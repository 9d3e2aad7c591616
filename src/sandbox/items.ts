import { TOOL_STYLES, type ToolStyle } from './tool-deltas.js';
import { parseTurns, type TurnStep } from './turns.js';

/** What a simulated model says. */
export const PERSONAS = ['text', 'echo', 'critic', 'json', 'tool', 'hostile', 'refuse', 'solver', 'talker', 'judge'] as const;
export type Persona = (typeof PERSONAS)[number];

const NUMBERS = [
  'ttft',
  'tps',
  'len',
  'in',
  'out',
  'ra',
  'fail',
  'stall',
  'cut',
  'longline',
  'err',
  'conf',
  'context',
  'jsonbad',
  'maxout',
  'right',
  'words',
  'tie',
] as const;
/** Those that may be below 0. */
const SIGNED = ['skill', 'first', 'long'] as const;
/** Those that are probabilities. */
const SHARES: readonly string[] = ['conf', 'right'];
const SWITCHES = [
  'hang',
  'nodone',
  'noend',
  'empty',
  'think',
  'reason',
  'html',
  'badjson',
  'badtype',
  'comments',
  'nousage',
  'nocost',
  'noimages',
  'needtools',
  'rubbish',
] as const;
const TEXTS = ['say', 'finish', 'unsupported', 'expires'] as const;

const DATE = /^\d{4}-(0[1-9]|1[0-2])-(0[1-9]|[12]\d|3[01])$/;

/** Every item a model id may name, as the docs list them; `e<status>` stands for all statuses. */
export const ITEMS: readonly string[] = [...PERSONAS, ...NUMBERS, ...SIGNED, ...SWITCHES, ...TEXTS, 'turns', 'toolstyle', 'e<status>'];

/** The behaviour of one model. Times in milliseconds, prices in US dollars per million tokens. */
export type Behaviour = {
  persona: Persona;
  errors: { status: number; rate: number }[];
  turns: readonly TurnStep[] | null;
  /** Null: as OpenAI sends the calls of `turns`, whole those of `tool`. */
  toolstyle: ToolStyle | null;
} & Record<(typeof NUMBERS)[number] | (typeof SIGNED)[number], number | null> &
  Record<(typeof SWITCHES)[number], boolean> &
  Record<(typeof TEXTS)[number], string | null>;

const PLAIN: Readonly<Behaviour> = {
  persona: 'text',
  errors: [],
  turns: null,
  toolstyle: null,
  ttft: null,
  tps: null,
  len: null,
  in: null,
  out: null,
  ra: null,
  fail: null,
  stall: null,
  cut: null,
  longline: null,
  err: null,
  conf: null,
  context: null,
  jsonbad: null,
  maxout: null,
  right: null,
  words: null,
  tie: null,
  skill: null,
  first: null,
  long: null,
  hang: false,
  nodone: false,
  noend: false,
  empty: false,
  think: false,
  reason: false,
  html: false,
  badjson: false,
  badtype: false,
  comments: false,
  nousage: false,
  nocost: false,
  noimages: false,
  needtools: false,
  rubbish: false,
  say: null,
  finish: null,
  unsupported: null,
  expires: null,
};

/** The behaviour without any fault, for calls after the first `fail=N`; pace, prices and words stay. */
export function withoutFaults(behaviour: Behaviour): Behaviour {
  const { persona, ttft, tps, len, say, in: inPrice, out, comments, conf, turns, toolstyle } = behaviour;
  const { right, words, tie, skill, first, long } = behaviour;
  const character = { right, words, tie, skill, first, long };
  return { ...PLAIN, persona, ttft, tps, len, say, in: inPrice, out, comments, conf, turns, toolstyle, ...character };
}

export function plainBehaviour(persona: Persona): Behaviour {
  return { ...PLAIN, persona };
}

/** The behaviour that a comma-separated list of items asks for, in any order; null when an item is unknown or malformed. */
export function parseItems(list: string): Behaviour | null {
  const behaviour: Behaviour = { ...PLAIN, errors: [] };
  for (const item of list.split(',')) if (!applyItem(behaviour, item)) return null;
  return behaviour;
}

function applyItem(behaviour: Behaviour, item: string): boolean {
  const equals = item.indexOf('=');
  const name = equals === -1 ? item : item.slice(0, equals);
  const value = equals === -1 ? null : item.slice(equals + 1);
  if (isOneOf(PERSONAS, name)) {
    behaviour.persona = name;
    return value === null;
  }
  if (isOneOf(SWITCHES, name)) {
    behaviour[name] = true;
    return value === null;
  }
  if (isOneOf(TEXTS, name)) {
    behaviour[name] = decode(value);
    return behaviour[name] !== null && (name !== 'expires' || DATE.test(behaviour[name]));
  }
  if (name === 'turns') {
    behaviour.turns = parseTurns(decode(value) ?? '');
    return behaviour.turns !== null;
  }
  if (name === 'toolstyle') {
    if (value !== null && isOneOf(TOOL_STYLES, value)) behaviour.toolstyle = value;
    return behaviour.toolstyle !== null;
  }
  const number = parseNumber(value);
  if (isOneOf(NUMBERS, name)) {
    behaviour[name] = number;
    return number !== null && (!SHARES.includes(name) || number <= 1) && (name !== 'context' || (number > 0 && Number.isInteger(number)));
  }
  if (isOneOf(SIGNED, name)) {
    behaviour[name] = value?.startsWith('-') ? negative(parseNumber(value.slice(1))) : number;
    return behaviour[name] !== null;
  }
  const status = /^e([45]\d\d)$/.exec(name)?.[1];
  if (status === undefined || (value !== null && number === null)) return false;
  behaviour.errors.push({ status: Number(status), rate: number ?? 1 });
  return true;
}

function isOneOf<T extends string>(names: readonly T[], name: string): name is T {
  return (names as readonly string[]).includes(name);
}

function parseNumber(value: string | null): number | null {
  return value !== null && /^(\d+(\.\d+)?|\.\d+)$/.test(value) ? Number(value) : null;
}

function negative(number: number | null): number | null {
  return number === null ? null : -number;
}

function decode(value: string | null): string | null {
  if (value === null) return null;
  try {
    return decodeURIComponent(value);
  } catch {
    // A stray % makes the item malformed, which the caller reports as an unknown model.
    return null;
  }
}
