import { expect, test } from 'vitest';
import { escapeHtml, html, jsonMarkup } from './html.ts';

test.each([
  [`a & b < c > d "e" 'f'`, 'a &amp; b &lt; c &gt; d &quot;e&quot; &#39;f&#39;'],
  ['</script><script>alert(1)</script>', '&lt;/script&gt;&lt;script&gt;alert(1)&lt;/script&gt;'],
  ['\0\u{1b}\u{7f}\u{85}\u{ffff}\ud800', '\u{fffd}'.repeat(6)],
  ['Preis 49,5 €\t💶\n', 'Preis 49,5 €\t💶\n'],
])('escapes %j', (text, escaped) => {
  expect(escapeHtml(text)).toBe(escaped);
});

test('text is cut where it would fill the page', () => {
  expect(escapeHtml('<'.repeat(9_999))).toBe(`${'&lt;'.repeat(4_000)}…`);
});

test('what a template takes is escaped unless it is markup', () => {
  expect(html`<p title="${'"'}">${'<b>'}${html`<i>${1}</i>`}${['&', html`<br>`]}${undefined}</p>`.text).toBe('<p title="&quot;">&lt;b&gt;<i>1</i>&amp;<br></p>');
});

test('JSON ends no script', () => {
  const { text } = jsonMarkup({ '</script>': '<!--' });
  expect(text).not.toContain('<');
  expect(JSON.parse(text)).toEqual({ '</script>': '<!--' });
});
