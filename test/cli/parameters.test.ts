import { describe, expect, it } from 'vitest';
import { families, mixtureCli, says } from '../support/mixture-cli.js';

const ONE = says('One');
const TWO = says('Two');
const MERGED = says('Merged');

describe('sampling flags', () => {
  it('go to every call, but the longest answer only to the one that writes it', async () => {
    const cli = await mixtureCli({ proposers: families(ONE, TWO), critic: MERGED });
    const { stdout, stderr, status } = await cli.ask('hi', '--temperature', '0.3', '--reasoning-effort', 'low', '--max-tokens', '50');
    expect({ stdout, stderr, status }).toEqual({ stdout: 'Merged\n', stderr: '', status: 0 });
    const sent = cli.bodies().map(({ model, temperature, reasoning_effort, reasoning, max_tokens }) => ({
      model,
      temperature,
      effort: reasoning_effort ?? (reasoning as { effort?: string } | undefined)?.effort,
      max_tokens,
    }));
    const usual = { temperature: 0.3, effort: 'low' };
    expect(sent.slice(0, 2).sort((a, b) => a.model.localeCompare(b.model))).toEqual([
      { model: ONE, ...usual, max_tokens: undefined },
      { model: TWO, ...usual, max_tokens: undefined },
    ]);
    expect(sent.slice(2)).toEqual([{ model: MERGED, ...usual, max_tokens: 50 }]);
  });
});
