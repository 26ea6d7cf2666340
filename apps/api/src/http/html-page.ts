/** Makes text safe inside HTML text and attributes. */
export function escapeHtml(text: string): string {
  return text.replace(/[&<>"']/g, (sign) => `&#${sign.charCodeAt(0)};`);
}

/** A page of ours without scripts; `body` is HTML already. */
export function htmlPage(title: string, body: string): string {
  return `<!doctype html>
<html lang="en">
<head>
<meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1">
<title>${escapeHtml(title)} · Daymark</title>
<link rel="icon" href="/logo.svg">
<style>
:root { color-scheme: light dark; font: 16px/1.5 system-ui, sans-serif; }
body { max-width: 44rem; margin: 4rem auto; padding: 0 1.25rem; overflow-wrap: anywhere; }
dt { font-weight: 600; margin-top: 1rem; } dd { margin: 0; }
code { font-size: .9em; } a { color: inherit; }
table { border-collapse: collapse; } td, th { text-align: left; padding: .35rem 1rem .35rem 0; vertical-align: top; }
</style>
</head>
<body>
<main>
${body}
</main>
</body>
</html>
`;
}
