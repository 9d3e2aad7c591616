import { readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it, onTestFinished } from 'vitest';
import { newPlace, runCli } from '../support/cli.js';

const CONFIG = `
mixtures:
  default:
    strategy: auto
    proposers: [a/x, b/y]
    critic: c/z
    layers: 3
    auto: { classifier: t/tiny, code: coder }
  coder: { proposers: [a/x, b/y], critic: c/z, strategy: cascade }
`;
const UNDECIDED = 'Should I move from a small town to a large city?';

function placeWith(config: string) {
  const place = newPlace();
  onTestFinished(place.remove);
  writeFileSync(join(place.cwd, 'mom.config.yaml'), config);
  return place;
}

const explain = (args: readonly string[], stdin = '') =>
  runCli(['ask', '--sandbox', '-q', '--explain-route', ...args], { place: placeWith(CONFIG), stdin });

describe('mom ask --explain-route', () => {
  it.each([
    ['What is 17 * 23?', 'vote', 'default', 'auto: the question asks for a number, so the answers can be voted on'],
    ['Who wrote Faust?', 'single', 'default', 'auto: it is a short, simple request, so one model answers'],
    [
      'Compare Postgres and MySQL.',
      'deep',
      'default',
      'auto: it is a complex request (it asks for a comparison, a plan or an analysis), so it is answered in layers',
    ],
    [
      'Refactor my parser.',
      'cascade',
      'coder',
      "auto: no rule decides; mixture 'coder' is for what is code, with strategy 'cascade' of its own",
    ],
  ])('%j', async (question, strategy, mixture, reason) => {
    const { stdout, stderr, status } = await explain([question]);
    const lines = `strategy: ${strategy}\nmixture:  ${mixture}\nreason:   ${reason}\n`;
    const asked = reason.includes('no rule decides') ? TOLD : '';
    expect([stdout, stderr, status]).toEqual([lines + asked, '', 0]);
  });

  const TOLD =
    't/tiny would be asked to sort this request and may lead to another strategy or mixture; it was not asked\nwithout it, the lines above hold\n';

  it('says who would be asked where no rule decides, and asks nobody', async () => {
    const { stdout, status } = await explain([UNDECIDED]);
    expect([stdout, status]).toEqual([
      `strategy: fuse\nmixture:  default\nreason:   auto: no rule decides, so the answers are merged\n${TOLD}`,
      0,
    ]);
  });

  it.each([['--json'], ['--format=json'], ['--format=jsonl']])('%s prints one object', async (flag) => {
    const { stdout, stderr, status } = await explain([flag, UNDECIDED]);
    expect(JSON.parse(stdout)).toEqual({
      schema_version: 1,
      explain_route: true,
      mixture: 'default',
      strategy: 'fuse',
      route_reason: 'auto: no rule decides, so the answers are merged',
      classifier: 't/tiny',
    });
    expect([stdout.split('\n').length, stderr, status]).toEqual([2, '', 0]);
  });

  it('tells why a strategy that was asked for holds', async () => {
    const { stdout } = await explain(['--json', '--strategy', 'vote', UNDECIDED]);
    expect(JSON.parse(stdout)).toMatchObject({ strategy: 'vote', route_reason: "strategy 'vote' of mixture 'default'", classifier: null });
  });

  it('reads stdin and files like ask, and goes to -o', async () => {
    const place = placeWith(CONFIG);
    const { stdout, status } = await runCli(['ask', '--sandbox', '-q', '--explain-route', '-o', 'route.txt', 'Sum this up.'], {
      place,
      stdin: 'some data\n',
    });
    expect([stdout, status]).toEqual(['', 0]);
    expect(readFileSync(join(place.cwd, 'route.txt'), 'utf8')).toContain(
      'reason:   auto: it is a complex request (files or data are attached)',
    );
  });

  it('leaves no run behind, and no traffic', async () => {
    const place = placeWith(CONFIG);
    await runCli(['ask', '--sandbox', '--explain-route', 'Who wrote Faust?'], { place });
    expect(readdirSync(place.state)).toEqual([]);
  });

  it('needs a prompt, and does not go with --dry-run', async () => {
    const empty = await runCli(['ask', '--explain-route'], { place: placeWith(CONFIG) });
    expect([empty.stdout, empty.status]).toEqual(['', 66]);
    const both = await explain(['--dry-run', UNDECIDED]);
    expect([both.stdout, both.status]).toEqual(['', 2]);
    expect(both.stderr).toContain('--explain-route and --dry-run cannot be used together');
  });
});

describe('strategies by flag', () => {
  it.each([
    [
      ['--strategy', 'votee'],
      'mom: --strategy cannot be "votee"\nhint: did you mean vote? --strategy takes single, fuse, self, vote, select, cascade, deep or auto\n',
    ],
    [
      ['--strategy', 'x'],
      'mom: --strategy cannot be "x"\nhint: --strategy takes single, fuse, self, vote, select, cascade, deep or auto\n',
    ],
    [['--layers', '6'], 'mom: --layers cannot be "6"\nhint: --layers takes a whole number from 2 to 5\n'],
    [['--refine', '11'], 'mom: --refine cannot be "11"\nhint: --refine takes a whole number from 0 to 10\n'],
  ])('%j is wrong usage', async (args, message) => {
    const { stdout, stderr, status } = await runCli(['ask', '--sandbox', ...args, 'x'], { place: placeWith(CONFIG) });
    expect([stdout, stderr, status]).toEqual(['', message, 2]);
  });
});

describe('mom config with every option', () => {
  it('validates and shows them', async () => {
    const { EVERY_OPTION } = await import('../config/every-option.js');
    const place = newPlace();
    onTestFinished(place.remove);
    writeFileSync(join(place.root, 'all.yaml'), EVERY_OPTION);
    const file = join(place.root, 'all.yaml');
    const valid = await runCli(['config', 'validate', file], { place });
    expect([valid.stdout, valid.stderr, valid.status]).toEqual([`${file}: valid\n`, '', 0]);
    const shown = await runCli(['config', 'show', '--json', '--config', file], { place });
    expect(JSON.parse(shown.stdout)).toMatchObject({
      cache: { ttl: '90m', semantic: { threshold: 0.9 } },
      budget: { day: 2.5 },
      pricing: { 'a/x': { input: 2 } },
      mixtures: {
        main: { verify: { show: 'draft' }, layers: { count: 4 } },
        tiered: { tiers: [['a/x', 'b/y'], [{ model: 'c/z', weight: 3 }]] },
      },
    });
  });
});
