import type { AgreementReport, EvalReport, JudgeReport } from '../../../core/eval/report.js';
import { type Html, html } from '../page/html.js';
import { formatUsd } from '../price.js';
import { type Section, table } from './section.js';
import { count, fixed, NOTHING, named, pText, share, UNKNOWN } from './words.js';

/** Who compared the answers, and how far they can be trusted. */
export function judges({ judges: all, agreement }: EvalReport): Section | null {
  if (all.length === 0) return null;
  return {
    id: 'judges',
    title: 'Judges',
    body: html`${judgesTable(all)}${agreement.length === 0 ? null : agreementTable(agreement)}<p class="note">A judge without bias lets the answer that it sees first win half of the decided looks. The look at one order and the one at the other are averaged, which takes that bias out. Kappa is the agreement beyond what chance would give: 1 is full, 0 is chance.</p>
`,
  };
}

function judgesTable(all: readonly JudgeReport[]): Html {
  return table({
    caption: 'Judges: what they looked at, and what sways them',
    rowHead: 'judge',
    columns: [
      { head: 'family', cell: familyCell, isText: true },
      { head: 'looks', cell: ({ looks }) => count(looks) },
      { head: 'unreadable', cell: unreadableCell },
      { head: 'first one shown wins', cell: positionCell },
      { head: 'same winner in both orders', cell: ({ position }) => (position === null ? NOTHING : share(position.consistent)) },
      { head: 'longer one wins', cell: ({ longer_share: longer }) => (longer === null ? NOTHING : share(longer)) },
      { head: 'cost', cell: ({ cost_usd: usd }) => (usd === null ? UNKNOWN : formatUsd(usd)) },
    ],
    rows: all,
    name: ({ model }) => named(model),
  });
}

function familyCell({ family, in_panel }: JudgeReport): Html {
  return html`${family === null ? 'from a file' : named(family)}${in_panel ? html`<small class="trouble">⚠ belongs to a contestant's family</small>` : null}`;
}

function unreadableCell({ looks, unreadable }: JudgeReport): Html | string {
  return looks === 0 ? count(unreadable) : html`${count(unreadable)}<small>${share(unreadable / looks)}</small>`;
}

function positionCell({ position }: JudgeReport): Html | string {
  return position === null ? NOTHING : html`${share(position.first_share)}<small>${pText(position.p)}</small>`;
}

function agreementTable(agreement: readonly AgreementReport[]): Html {
  return table({
    caption: 'How much judges agree on the pairs that both have seen',
    rowHead: 'judges',
    columns: [
      { head: 'pairs', cell: ({ n }) => count(n) },
      { head: 'same winner', cell: ({ same }) => share(same) },
      { head: 'kappa', cell: ({ kappa }) => (kappa === null ? NOTHING : fixed(kappa, 2)) },
    ],
    rows: agreement,
    name: ({ judges: [one, other] }) => html`${named(one)} and ${named(other)}`,
  });
}
