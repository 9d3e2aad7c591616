import { describe, expect, it } from 'vitest';
import { describeModel } from '../../src/sandbox/catalogue.js';
import { type Json, start } from './support.js';

const NOTHING = { questions: new Map(), systems: ['one'] };
const describe_ = (id: string): Json => describeModel(id, NOTHING);

describe('what the model list says of an id', () => {
  it('by its items', () => {
    expect(describe_('sandbox/context=8000,noimages,expires=2020-01-31,in=3,out=15')).toMatchObject({
      context_length: 8_000,
      architecture: { input_modalities: ['text'] },
      expiration_date: '2020-01-31',
      pricing: { prompt: '0.000003', completion: '0.000015' },
    });
  });

  it('without items', () => {
    expect(describe_('sandbox/text')).toMatchObject({
      context_length: 10_000_000,
      architecture: { input_modalities: ['text', 'image'] },
      expiration_date: null,
    });
  });

  it.each(['context=0', 'context=1.5', 'context', 'noimages=1', 'expires=tomorrow', 'expires=2020-13-01', 'expires'])(
    '%s is no item',
    (item) => {
      expect(describe_(`sandbox/${item}`)).toBeNull();
    },
  );

  it.each(['missing/x', 'recorded/two', 'sandbox/ekko'])('is nothing of %s', (id) => {
    expect(describe_(id)).toBeNull();
  });

  it('is the same over HTTP, a 404 for what is not served, and never counted', async () => {
    const sandbox = await start();
    const ask = async (id: string) => {
      const response = await fetch(`${sandbox.url}/model/${encodeURIComponent(id)}`);
      return [response.status, ((await response.json()) as Json).data];
    };
    expect(await ask('sandbox/say=100%25,noimages')).toEqual([200, describe_('sandbox/say=100%25,noimages')]);
    expect(await ask('missing/x')).toEqual([404, undefined]);
    expect(sandbox.stats().requests).toBe(0);
  });
});
