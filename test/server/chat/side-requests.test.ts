import { describe, expect, it } from 'vitest';
import type { SideRule } from '../../../src/config/wishes.js';
import { sideRuleFor } from '../../../src/server/chat/side-request.js';
import { mixture } from '../../support/mixture.js';
import { answers } from '../../support/scripted-client.js';
import { target, unknownModel, world } from './support.js';

const rule = (name: string, more: Partial<SideRule>): SideRule => ({
  name,
  system: null,
  user: null,
  maxCharacters: null,
  tools: false,
  model: 'mom:single',
  ...more,
});
const TITLE = rule('title', { system: 'You are a Title generator', maxCharacters: 200 });
const KEEPER = rule('keeper', { system: 'You are the memory keeper', tools: true });
const COMMIT = rule('commit', { user: 'commit message' });
const system = (content: string) => ({ role: 'system' as const, content });
const user = (content: string) => ({ role: 'user' as const, content });

describe('a side request', () => {
  it.each([
    ['its system prompt, whatever the case', [system('you are a TITLE generator.'), user('hi')], 'title'],
    ['its last user turn', [user('x'), user('Write a Commit Message')], 'commit'],
    ['nothing where it is too long', [system('You are a title generator'), user('x'.repeat(200))], undefined],
    ['nothing in an earlier turn', [user('a commit message'), user('thanks')], undefined],
    ['nothing where a user says what a system prompt should', [user('You are a title generator')], undefined],
  ])('is recognised by %s', (_by, messages, name) => {
    expect(sideRuleFor([TITLE, COMMIT], messages, false)?.name).toBe(name);
  });

  it('follows the first rule that fits', () => {
    const short = rule('short', { maxCharacters: 10 });
    expect(sideRuleFor([short, COMMIT], [user('hi')], false)?.name).toBe('short');
    expect(sideRuleFor([COMMIT, short], [user('hi')], false)?.name).toBe('short');
    expect(sideRuleFor([], [user('hi')], false)).toBeNull();
  });

  it.each([
    ['by a rule that says so', [system('You are the memory keeper'), user('a commit message')], 'keeper'],
    ['by no other rule', [system('You are a title generator'), user('a commit message')], undefined],
  ])('of an agent that offers tools is recognised %s', (_by, messages, name) => {
    expect(sideRuleFor([COMMIT, TITLE, KEEPER], messages, true)?.name).toBe(name);
  });

  it('without tools is recognised by every rule', () => {
    expect(sideRuleFor([TITLE, KEEPER], [system('You are the memory keeper')], false)?.name).toBe('keeper');
  });
});

describe('side requests at the gateway', () => {
  const PANEL = { a: answers('x'), b: answers('y'), c: answers('z') };
  const request = { model: 'mom', messages: [system('You are a title generator'), user('hi')] };

  /** Who is asked for a request, when `mom` is the panel and `mom:single` the critic alone. */
  async function asked(body: object, namesStrategy = false) {
    const names: string[] = [];
    const named = async (name: string, reader: string) => {
      names.push(`${name} ${reader}`);
      const recipe = name === 'mom:single' ? mixture([], ['c'], { strategy: 'single' }) : mixture(['a', 'b'], ['c']);
      return target(recipe, { namesStrategy });
    };
    const { read, client } = world({ target: named, scripts: PANEL, serve: { sideRequests: [TITLE, KEEPER] } });
    const { text } = await read(body);
    return { names, models: client.requests.map(({ model }) => model), tools: client.requests.at(-1)?.tools?.tools, text };
  }

  it('are sent to the model of their rule, and answered under the name that was asked', async () => {
    const { names, models, text } = await asked(request);
    expect(names).toEqual(['mom whole', 'mom:single whole']);
    expect(models).toEqual(['c']);
    expect(JSON.parse(text).model).toBe('mom');
  });

  it('are not looked for where the name says the strategy', async () => {
    expect((await asked(request, true)).models).toEqual(['a', 'b', 'c']);
  });

  it('with tools on offer are those of an agent of its own, where its rule says so: one model, which may call them', async () => {
    const tools = [{ type: 'function', function: { name: 'read' } }];
    expect((await asked({ ...request, tools })).models).toEqual(['a', 'b', 'c']);
    const keeper = { ...request, messages: [system('You are the memory keeper'), user('hi')], tools };
    const { models, tools: offered } = await asked(keeper);
    expect(models).toEqual(['c']);
    expect(offered).toEqual(tools);
  });

  it('whose rule names a model that nobody has are a mistake of the configuration', async () => {
    const named = async (name: string) => {
      if (name !== 'mom') throw unknownModel(name);
      return target(mixture(['a', 'b'], ['c']));
    };
    const { response, text } = await world({ target: named, serve: { sideRequests: [TITLE] } }).read(request);
    expect(response.status).toBe(500);
    expect(JSON.parse(text).error.code).toBe('model_unknown');
  });
});
