import { describe, expect, it } from 'vitest';
import { type Message, messageText } from '../../../src/core/message.js';
import { STANDARD_ROLES } from '../../../src/core/roles.js';
import { member, mixture } from '../../support/mixture.js';
import { play } from '../../support/run-engine.js';
import { answers } from '../../support/scripted-client.js';

const role = (name: string, text = STANDARD_ROLES[name] as string) => member('', `m-${name}`, { role: { name, text } });
const OWN = role('pirate', 'Talk like a pirate. {{count}} stays as it is.');
const NAMES = ['analytical', 'creative', 'practical', 'critical', 'pirate'];
const scripts = Object.fromEntries([...NAMES, 'plain'].map((name) => [`m-${name}`, answers(`by ${name}`)]));
const system = { role: 'system' as const, content: 'You are a careful assistant.' };
const question = { role: 'user' as const, content: 'Should I move to a large city?' };

async function askAll(messages: Message[]) {
  const proposers = [role('analytical'), role('creative'), role('practical'), role('critical'), OWN, member('', 'm-plain')];
  const { client, result } = await play(mixture(proposers, ['critic']), { ...scripts, critic: answers('merged') }, { messages });
  const sentTo = (model: string) => client.requests.find((request) => request.model === model)?.messages ?? [];
  return { result, sentTo };
}

describe('roles', () => {
  it('the four standard ones are there, and differ', () => {
    expect(Object.keys(STANDARD_ROLES)).toEqual(['analytical', 'creative', 'practical', 'critical']);
    expect(new Set(Object.values(STANDARD_ROLES)).size).toBe(4);
  });

  it('the standard ones hold for answers, notes and reviews alike: none tells what to write', () => {
    for (const text of Object.values(STANDARD_ROLES))
      expect(text).toMatch(/Then do what you are asked to do, in exactly the form that is asked for\.$/);
    expect(Object.values(STANDARD_ROLES).join()).not.toMatch(/then answer/i);
  });

  it('each reaches its own proposer and no other, behind the system prompt, which stays', async () => {
    const { sentTo } = await askAll([system, question]);
    const texts = { ...STANDARD_ROLES, pirate: 'Talk like a pirate. {{count}} stays as it is.' };
    for (const [name, text] of Object.entries(texts))
      expect(sentTo(`m-${name}`)).toEqual([{ role: 'system', content: `${system.content}\n\n${text}` }, question]);
    expect(sentTo('m-plain')).toEqual([system, question]);
  });

  it('stands behind a system prompt that is made of parts, whose marks stay', async () => {
    const marked = { type: 'text' as const, text: system.content, cache_control: { type: 'ephemeral' } };
    const { sentTo } = await askAll([{ role: 'system', content: [marked] }, question]);
    const own = { type: 'text', text: 'Talk like a pirate. {{count}} stays as it is.' };
    expect(sentTo('m-pirate')).toEqual([{ role: 'system', content: [marked, own] }, question]);
  });

  it('stands alone as system text where the conversation has none', async () => {
    const { sentTo } = await askAll([question]);
    expect(sentTo('m-critical')).toEqual([{ role: 'system', content: STANDARD_ROLES.critical }, question]);
    expect(sentTo('m-plain')).toEqual([question]);
  });

  it('none reaches the critic', async () => {
    const { sentTo, result } = await askAll([system, question]);
    const all = sentTo('critic').map(messageText).join('\n');
    for (const text of [...Object.values(STANDARD_ROLES), 'Talk like a pirate']) expect(all).not.toContain(text);
    expect(all).toContain(system.content);
    expect([result.critic?.role, result.proposals.map((proposal) => proposal.role)]).toEqual([null, [...NAMES, null]]);
  });
});
