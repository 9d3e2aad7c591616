import { mkdtempSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { evalPage } from '../../../../src/cli/view/eval-page/index.js';
import { escapeHtml } from '../../../../src/cli/view/page/html.js';
import type { EvalReport } from '../../../../src/core/eval/report.js';
import { CHROMIUM, screenshot, shownDom } from '../../../support/chromium.js';
import { sampleContestant, sampleLoss, sampleReport } from '../../../support/eval-report.js';
import { hasProgram } from '../../../support/programs.js';
import { removeAll } from '../../../support/remove-all.js';

const itInChromium = it.skipIf(!hasProgram(CHROMIUM));

const HOSTILE = `<img src=x onerror="document.title='owned'"><script>document.title='owned'</script> \u202eevil 👩‍👩‍👧‍👦 שלום ${'W'.repeat(150)}`;

const WIDTHS = [340, 700, 1_300] as const;

/** Counts what a reader would stumble over: a page wider than its window, words of a picture that cover each other or leave it. */
const LOOK = `
const found = {};
for (const frame of document.querySelectorAll('iframe')) {
  const page = frame.contentDocument;
  const apart = (a, b) => a.right <= b.left || b.right <= a.left || a.bottom <= b.top + 2 || b.bottom <= a.top + 2;
  let covered = [], outside = 0, seen = 0;
  for (const svg of page.querySelectorAll('svg.plot')) {
    const around = svg.getBoundingClientRect();
    if (around.width === 0) continue;
    const words = [...svg.querySelectorAll('text')].map((text) => ({ text: text.textContent, box: text.getBoundingClientRect() }));
    seen += words.length;
    words.forEach(({ text, box }, n) => {
      for (const other of words.slice(n + 1)) if (!apart(box, other.box)) covered.push(text + ' / ' + other.text);
      if (box.left < around.left - 1 || box.right > around.right + 1) outside++;
    });
  }
  found[frame.width] = { wide: page.documentElement.scrollWidth > frame.clientWidth, covered, outside, seen };
}
document.title = JSON.stringify(found);`;

let folder: string;

beforeAll(() => {
  folder = mkdtempSync(join(tmpdir(), 'mom-eval-page-'));
});
afterAll(() => removeAll(folder));

async function keep(name: string, report: EvalReport): Promise<string> {
  const file = join(folder, `${name}.html`);
  writeFileSync(file, await evalPage(report));
  return file;
}

/** What {@link LOOK} finds at each width. */
async function looked(report: EvalReport): Promise<Record<string, { wide: boolean; covered: string[]; outside: number; seen: number }>> {
  const file = join(folder, 'looked.html');
  const page = escapeHtml(await evalPage(report));
  const frames = WIDTHS.map((width) => `<iframe width="${width}" height="900" srcdoc="${page}"></iframe>`).join('');
  writeFileSync(
    file,
    `<!doctype html><meta charset="utf-8"><title></title>${frames}<script>addEventListener('load', () => {${LOOK}})</script>`,
  );
  return JSON.parse(/<title>(.*?)<\/title>/s.exec(await shownDom(file))?.[1] ?? 'null');
}

function crowd(n: number, name: (k: number) => string): EvalReport {
  const contestants = Array.from({ length: n }, (_, k) =>
    sampleContestant(
      { name: name(k), right: 210 - (k % 7), cost: k % 9 === 4 ? null : 0.01 * 1.08 ** k, win: 55 - (k % 5), length: 1_000 + 17 * k },
      { role: k % 3 === 0 ? 'mixture' : 'member', on_hull: k === 0 },
    ),
  );
  return sampleReport({ contestants, baseline: contestants[0]?.name ?? '' });
}

describe('the page of an evaluation, in Chromium', { timeout: 90_000 }, () => {
  itInChromium.each([
    ['the sample', sampleReport()],
    ['twelve near each other', crowd(12, (k) => `provider-${k}/a-model-name-${k}`)],
    ['thirty near each other', crowd(30, (k) => `provider-${k}/a-model-name-${k}`)],
    ['hostile names', crowd(8, (k) => `${k} ${HOSTILE}`)],
  ])('fits every screen, and no words of its pictures cover others: %s', async (_, report) => {
    const found = await looked(report);
    for (const width of WIDTHS) expect(found[width], String(width)).toMatchObject({ wide: false, covered: [], outside: 0 });
    for (const width of WIDTHS) expect(found[width]?.seen).toBeGreaterThan(5);
  });

  itInChromium('runs nothing and shows hostile texts as they were written', async () => {
    const file = await keep('hostile', {
      ...crowd(5, (k) => `${k} ${HOSTILE}`),
      verdicts: sampleReport().verdicts.map((one) => ({ ...one, sentence: HOSTILE })),
      losses: [
        sampleLoss({
          question: HOSTILE,
          loser: { name: HOSTILE, text: HOSTILE },
          winner: { name: HOSTILE, text: HOSTILE },
          reason: HOSTILE,
        }),
      ],
    });
    const dom = await shownDom(file);
    expect(/<title>(.*?)<\/title>/s.exec(dom)?.[1]).toMatch(/^&lt;img src=x/);
    const bare = dom.replace(/="[^"]*"/g, '=""');
    expect(bare.match(/<(script|img|iframe)/g)).toBeNull();
    expect(bare.match(/<[^>]*\son\w+=/g)).toBeNull();
    expect(dom).toContain('⟨U+202E⟩evil');
  });

  itInChromium('can be looked at in light and dark, on a wide and a narrow screen', async () => {
    const report = sampleReport({ sandbox: true, partial: { code: 'over_budget', message: 'the cap of $5 is reached' } });
    const file = await keep('sample', report);
    const crowded = await keep(
      'crowded',
      crowd(30, (k) => `provider-${k}/a-model-name-${k}`),
    );
    await look(file, 'eval-page-light', { width: 1200, height: 5200 }, '#f6f7f9');
    await look(file, 'eval-page-dark', { width: 1200, height: 5200, dark: true }, '#12151b');
    await look(file, 'eval-page-narrow', { width: 500, height: 7600 }, '#f6f7f9');
    await look(crowded, 'eval-page-crowded', { width: 1200, height: 5200 }, '#f6f7f9');
  });
});

/** Takes a screenshot, says where it is, and looks whether something is on it. */
async function look(page: string, name: string, view: Parameters<typeof screenshot>[2], ground: string): Promise<void> {
  const picture = await screenshot(page, name, view);
  process.stdout.write(`a screenshot of the page: ${picture.path}\n`);
  expect(picture).toMatchObject({ width: view.width, height: view.height });
  expect(picture.at(2, 2)).toBe(ground);
  expect(picture.colours).toBeGreaterThan(50);
}
