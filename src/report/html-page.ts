import { hash } from 'node:crypto';
import { aboutHtml, metricsHtml, podsHtml, runnersHtml } from './html-details.ts';
import { distributionHtml } from './html-distribution.ts';
import { headerHtml, judgedHtml } from './html-summary.ts';
import { timeHtml } from './html-time.ts';
import { html, Markup } from './html.ts';
import type { ReportData } from './report-data.ts';

/** Style sheet and script of the page, from web/: they are written into it. */
export interface PageAssets {
  readonly style: string;
  readonly script: string;
}

/**
 * The report of a run as one HTML page that needs no network: its policy allows only its own style and script, by their hashes. It reads without the
 * script, which adds the crosshair.
 */
export function toHtmlPage(data: ReportData, { style, script }: PageAssets): string {
  const policy = `default-src 'none'; style-src '${sourceHash(style)}'; script-src '${sourceHash(script)}'; img-src data:; base-uri 'none'; form-action 'none'`;
  const page = html`<!doctype html>
<html lang="en">
<head>
<meta charset="utf-8">
<meta http-equiv="Content-Security-Policy" content="${new Markup(policy)}">
<meta name="viewport" content="width=device-width, initial-scale=1">
<meta name="color-scheme" content="light dark">
<title>${data.result.verdict}: ${data.result.id}</title>
<link rel="icon" href="data:,">
<style>${new Markup(style)}</style>
</head>
<body>
<main>
${headerHtml(data)}${judgedHtml(data)}${timeHtml(data)}${distributionHtml(data)}${podsHtml(data)}${runnersHtml(data)}${metricsHtml(data)}${aboutHtml(data)}</main>
<script>${new Markup(script)}</script>
</body>
</html>
`;
  return page.text;
}

function sourceHash(source: string): string {
  return `sha256-${hash('sha256', source, 'base64')}`;
}
