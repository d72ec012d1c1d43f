import { formatNumber } from './format.ts';
import { html, type HtmlValue, type Markup } from './html.ts';

/** A column of a table; numbers stand right. */
export interface Column {
  readonly title: string;
  readonly isNumber?: true;
}

/** Rows that a table shows at most: the page stays small, and JSON has them all. */
const mostRows = 60;

/** A table under its caption, which is read out only. Beyond 60 rows it says how many more there are. */
export function tableHtml(caption: string, columns: readonly Column[], rows: readonly (readonly HtmlValue[])[]): Markup {
  const classOf = (column: Column | undefined) => (column?.isNumber === true ? html` class="n"` : html``);
  const head = columns.map((column) => html`<th scope="col"${classOf(column)}>${column.title}</th>`);
  const body = rows.slice(0, mostRows).map((row) => html`<tr>${row.map((cell, index) => html`<td${classOf(columns[index])}>${cell}</td>`)}</tr>\n`);
  return html`<div class="scroll"><table><caption class="aside">${caption}</caption><thead><tr>${head}</tr></thead><tbody>${body}</tbody></table></div>${moreThan(mostRows, rows.length)}`;
}

/** What is said of what a list of at most `shown` leaves out. */
export function moreThan(shown: number, all: number): Markup {
  return all > shown ? html`<p class="note">… and ${formatNumber(all - shown)} more, which only the JSON report holds</p>` : html``;
}

/** Names with their values. */
export function listHtml(entries: readonly (readonly [name: string, value: HtmlValue])[]): Markup {
  return html`<dl>${entries.map(([name, value]) => html`<div><dt>${name}</dt><dd>${value}</dd></div>`)}</dl>`;
}

/** A section of the page. */
export function sectionHtml(id: string, title: string, content: readonly HtmlValue[]): Markup {
  return html`<section aria-labelledby="${id}"><h2 id="${id}">${title}</h2>\n${content}</section>\n`;
}
