import { type Html, html, type Part, visible } from './html.js';

/** What is different from page to page. */
interface DocumentParts {
  title: string;
  style: Html;
  main: Part;
  /** The command that makes the same page again. */
  madeBy: string;
}

/** Nothing is loaded and nothing runs, whatever stands on the page. */
const POLICY = "default-src 'none'; style-src 'unsafe-inline'; base-uri 'none'; form-action 'none'";

/** One HTML page that needs nothing beside it. */
export function documentOf({ title, style, main, madeBy }: DocumentParts): string {
  const page = html`<!doctype html>
<html lang="en">
<head>
<meta charset="utf-8">
<meta http-equiv="Content-Security-Policy" content="${POLICY}">
<meta name="referrer" content="no-referrer">
<meta name="viewport" content="width=device-width, initial-scale=1">
<meta name="color-scheme" content="light dark">
<meta name="robots" content="noindex">
<title>${title}</title>
<style>${style}</style>
</head>
<body>
<main>
${main}</main>
<footer><p>Made by <code>${madeBy}</code></p></footer>
</body>
</html>
`;
  return visible(page.markup);
}
