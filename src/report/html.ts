/** HTML that is safe to insert as it is. */
export class Markup {
  readonly text: string;

  constructor(text: string) {
    this.text = text;
  }
}

/** What a template takes: text, which is escaped, and markup, which isn't. */
export type HtmlValue = string | number | Markup | undefined | readonly HtmlValue[];

/** Longest text that is shown whole: names and URLs of any length come from outside. */
const longestText = 4_000;

/** A template whose values are escaped: right between tags and within quoted attributes, nowhere else. */
export function html(strings: TemplateStringsArray, ...values: readonly HtmlValue[]): Markup {
  return new Markup(String.raw({ raw: strings }, ...values.map(toText)));
}

/** Text as HTML. What HTML can't hold becomes U+FFFD; text of more than 4,000 characters is cut off. */
export function escapeHtml(text: string): string {
  const whole = text.length > longestText ? `${text.slice(0, longestText)}…` : text;
  return whole
    .toWellFormed()
    .replaceAll(/[^\t\n\r\u{20}-\u{7E}\u{A0}-\u{FFFD}\u{10000}-\u{10FFFF}]/gu, '\u{FFFD}')
    .replaceAll(/[&<>"']/g, (character) => entities[character] ?? character);
}

/** JSON for a script element: nothing in it can end the element. */
export function jsonMarkup(value: unknown): Markup {
  return new Markup(JSON.stringify(value).replaceAll('<', String.raw`\u003c`));
}

const entities: Readonly<Record<string, string>> = { '&': '&amp;', '<': '&lt;', '>': '&gt;', '"': '&quot;', "'": '&#39;' };

function toText(value: HtmlValue): string {
  if (value === undefined) return '';
  if (value instanceof Markup) return value.text;
  if (typeof value === 'object') return value.map(toText).join('');
  return escapeHtml(String(value));
}
