import { existsSync, lstatSync, mkdirSync, mkdtempSync, readFileSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { describe, expect, it, onTestFinished } from 'vitest';
import { type ApplyOptions, applyRecommendations } from '../../../../src/app/eval/apply/index.js';
import type { Contestant } from '../../../../src/core/eval/contestant.js';
import type { Member, Mixture } from '../../../../src/core/mixture.js';
import { sampleContestant } from '../../../support/eval-report.js';

function member(model: string, provider = 'openrouter'): Member {
  return { provider, model } as Member;
}

function contestant(name: string, role: Contestant['role'], mixture: Partial<Mixture>, samples: number | null = null): Contestant {
  return { name, role, mixture: { single: null, proposers: [], ...mixture } as Mixture, samples, matches: [] };
}

const CONTESTANTS: Contestant[] = [
  contestant('default', 'mixture', { name: 'default', strategy: 'fuse' }),
  contestant('default:vote', 'mixture', { name: 'default', strategy: 'vote' }),
  contestant('cheap', 'mixture', { name: 'cheap', strategy: 'cascade' }),
  contestant('~openai/gpt-latest', 'member', { single: member('~openai/gpt-latest') }),
  contestant('ollama:qwen3', 'model', { single: member('qwen3', 'ollama') }),
  contestant('~openai/gpt-latest x4', 'sampled', { proposers: [member('~openai/gpt-latest')] }, 4),
];

function place() {
  const root = mkdtempSync(join(tmpdir(), 'mom-apply-'));
  onTestFinished(() => rmSync(root, { recursive: true, force: true }));
  const cwd = join(root, 'work');
  mkdirSync(cwd);
  const file = join(root, 'config', 'mom', 'mom.config.yaml');
  return { root, cwd, file, env: { XDG_CONFIG_HOME: join(root, 'config'), XDG_STATE_HOME: join(root, 'state') } };
}

function apply(
  { cwd, env, root }: ReturnType<typeof place>,
  recommended: [ApplyOptions['report']['recommendations'][number]['kind'], string][],
  more: Partial<ApplyOptions> = {},
) {
  const recommendations = recommended.map(([kind, name]) => ({ kind, contestant: name, why: 'it is' }));
  const report = { recommendations, contestants: [], sandbox: false };
  return applyRecommendations({ report, contestants: CONTESTANTS, env, cwd, home: root, dryRun: false, ...more });
}

describe('applying recommendations', () => {
  it('leads auto to a single model and a mixture, by kind', async () => {
    const here = place();
    const applied = await apply(here, [
      [null, '~openai/gpt-latest'],
      ['math', 'default:vote'],
    ]);
    const text = readFileSync(here.file, 'utf8');
    expect(text).toContain('openai-gpt-latest:\n    strategy: single\n    single: ~openai/gpt-latest\n');
    expect(text).toContain('default-vote:\n    proposers:\n');
    expect(text).toContain('  default:\n    auto:\n      other: openai-gpt-latest\n      math: default-vote\n    strategy: auto\n');
    expect(applied).toMatchObject({ file: here.file, written: true, warnings: [] });
    expect(applied.changes.slice(2)).toEqual([
      'mixtures.default.auto.other: openai-gpt-latest',
      'mixtures.default.auto.math: default-vote',
      'mixtures.default.strategy: auto',
    ]);
    expect(lstatSync(here.file).mode & 0o777).toBe(0o600);
    expect(
      (
        await apply(here, [
          [null, '~openai/gpt-latest'],
          ['math', 'default:vote'],
        ])
      ).changes,
    ).toEqual([]);
  });

  it('only sets the strategy where the mixture itself is recommended for everything', async () => {
    const here = place();
    expect((await apply(here, [[null, 'default:vote']])).changes).toEqual(['mixtures.default.strategy: vote']);
    expect(readFileSync(here.file, 'utf8')).toBe('mixtures:\n  default:\n    strategy: vote\n');
  });

  it('knows other mixtures by their name, samples, and models of other providers', async () => {
    const here = place();
    mkdirSync(join(here.file, '..'), { recursive: true });
    writeFileSync(here.file, '# mine\nmixtures:\n  cheap: { strategy: cascade, tiers: [[a/b, c/d], [e/f]] }\n');
    await apply(here, [
      ['code', 'cheap'],
      ['writing', '~openai/gpt-latest x4'],
      ['other', 'ollama:qwen3'],
      [null, 'cheap'],
    ]);
    expect(readFileSync(here.file, 'utf8')).toBe(`# mine
mixtures:
  cheap: { strategy: cascade, tiers: [ [ a/b, c/d ], [ e/f ] ] }
  openai-gpt-latest-x4:
    strategy: self
    single: ~openai/gpt-latest
    samples: 4
  ollama-qwen3:
    strategy: single
    single: ollama:qwen3
  default:
    auto:
      code: cheap
      writing: openai-gpt-latest-x4
      other: ollama-qwen3
    strategy: auto
`);
  });

  it('knows who was sampled from the report, where that does not show before everybody is asked again', async () => {
    const opened = CONTESTANTS.filter(({ role }) => role !== 'sampled');
    const entry = { ...sampleContestant({ name: '~openai/gpt-latest x4', right: 200, cost: 0.01 }), role: 'sampled' as const, samples: 4 };
    const report = { recommendations: [{ kind: null, contestant: entry.name, why: '' }], contestants: [entry], sandbox: false };
    expect((await apply(place(), [], { report, contestants: opened, dryRun: true })).changes).toEqual([
      'mixtures.openai-gpt-latest-x4: {"strategy":"self","single":"~openai/gpt-latest","samples":4}',
      'mixtures.default.auto.other: openai-gpt-latest-x4',
      'mixtures.default.strategy: auto',
    ]);
  });

  it('writes nothing where it is only asked what it would write', async () => {
    const here = place();
    const applied = await apply(here, [[null, 'default:vote']], { dryRun: true });
    expect(applied).toEqual({ file: here.file, changes: ['mixtures.default.strategy: vote'], written: false, warnings: [] });
    expect(existsSync(here.file)).toBe(false);
  });

  it('writes through a link', async () => {
    const here = place();
    mkdirSync(join(here.file, '..'), { recursive: true });
    const real = join(here.root, 'dotfile.yaml');
    writeFileSync(real, '');
    symlinkSync(real, here.file);
    await apply(here, [[null, 'default:vote']]);
    expect(lstatSync(here.file).isSymbolicLink()).toBe(true);
    expect(readFileSync(real, 'utf8')).toBe('mixtures:\n  default:\n    strategy: vote\n');
  });

  it('says what a project file says otherwise', async () => {
    const here = place();
    writeFileSync(join(here.cwd, 'mom.config.yaml'), 'mixtures: { default: { strategy: fuse } }\n');
    const { warnings } = await apply(here, [[null, 'default:vote']]);
    expect(warnings).toEqual([
      {
        code: 'apply_overridden',
        message: `mixtures.default.strategy is set by mom.config.yaml:1:24, which counts more than ${here.file}`,
      },
    ]);
  });

  it('is refused for simulated models, but for a file that was named for it', async () => {
    const here = place();
    const report = { sandbox: true, contestants: [], recommendations: [{ kind: null, contestant: 'default:vote', why: '' }] };
    await expect(apply(here, [], { report })).rejects.toMatchObject({
      code: 'usage',
      message: '--apply does not write what simulated models recommend into your configuration',
      hint: 'leave out --sandbox, or name a file to try it on with --config',
    });
    const configFile = join(here.root, 'try.yaml');
    writeFileSync(configFile, '');
    expect(await apply(here, [], { report, configFile })).toMatchObject({ file: configFile, written: true });
  });

  it('is refused where nobody is recommended', async () => {
    await expect(apply(place(), [])).rejects.toThrow(
      'there is nothing to apply: nobody of the evaluation is recommended who could be asked',
    );
  });
});
