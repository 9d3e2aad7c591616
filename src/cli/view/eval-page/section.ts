import { type Html, html } from '../page/html.js';

/** A part of the page with a heading that can be jumped to. */
export interface Section {
  id: string;
  title: string;
  body: Html;
}

export function sectionHtml({ id, title, body }: Section): Html {
  return html`<section aria-labelledby="${id}">
<h2 id="${id}">${title}</h2>
${body}</section>
`;
}

export function contents(sections: readonly Section[]): Html {
  return html`<nav aria-label="Contents"><ul>${sections.map(({ id, title }) => html`<li><a href="#${id}">${title}</a></li>`)}</ul></nav>
`;
}

/** One column: its heading, what stands in it, and whether that is a number. */
export interface Column<Row> {
  head: string;
  cell: (row: Row) => Html | string;
  isText?: boolean;
}

export interface TableParts<Row> {
  caption: string;
  rowHead: string;
  columns: readonly Column<Row>[];
  rows: readonly Row[];
  name: (row: Row) => Html;
}

/** A table that can be scrolled by keyboard where it is wider than the screen. */
export function table<Row>({ caption, rowHead, columns, rows, name }: TableParts<Row>): Html {
  return html`<div class="scroll" tabindex="0" role="region" aria-label="${caption}">
<table class="measures-table">
<caption><span>${caption}</span></caption>
<thead><tr><th scope="col">${rowHead}</th>${columns.map(({ head, isText }) => html`<th scope="col"${isText ? null : NUMERIC}>${head}</th>`)}</tr></thead>
<tbody>
${rows.map(
  (
    row,
  ) => html`<tr><th scope="row">${name(row)}</th>${columns.map(({ cell, isText }) => html`<td${isText ? null : NUMERIC}>${cell(row)}</td>`)}</tr>
`,
)}</tbody>
</table>
</div>
`;
}

const NUMERIC = html` class="num"`;
