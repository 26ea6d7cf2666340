/** Text made safe for HTML content and quoted attributes. */
export function escapeHtml(text: string): string {
  return text.replaceAll('&', '&amp;').replaceAll('<', '&lt;').replaceAll('>', '&gt;').replaceAll('"', '&quot;').replaceAll("'", '&#39;');
}

/** A whole page in the sandbox's look; `body` is HTML. Works without script. */
export function htmlPage(page: { readonly title: string; readonly body: string; readonly width?: 'narrow' | 'wide' }): string {
  return `<!doctype html>
<html lang="en">
<head>
<meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1">
<title>${escapeHtml(page.title)}</title>
<style>${STYLE}</style>
</head>
<body>
<main class="${page.width ?? 'narrow'}">
${page.body}
</main>
<footer>Local sandbox. Nothing here leaves this machine.</footer>
</body>
</html>
`;
}

const STYLE = `
:root { color-scheme: light dark; --ink: #1c2330; --soft: #5b6475; --line: #d9dee7; --paper: #fff; --ground: #f3f5f9; --accent: #1a5fd0; --on-accent: #fff; }
@media (prefers-color-scheme: dark) { :root { --ink: #e8ebf2; --soft: #a3adbf; --line: #353c4a; --paper: #1b202a; --ground: #11141b; --accent: #8ab4f8; --on-accent: #10203a; } }
* { box-sizing: border-box; }
body { margin: 0; padding: 2rem 1rem; background: var(--ground); color: var(--ink); font: 16px/1.5 system-ui, sans-serif; }
main { margin: 0 auto; padding: 2rem; background: var(--paper); border: 1px solid var(--line); border-radius: 12px; }
main.narrow { max-width: 30rem; } main.wide { max-width: 60rem; }
h1 { font-size: 1.4rem; line-height: 1.25; margin: 0 0 .25rem; } h2 { font-size: 1rem; margin: 1.5rem 0 .5rem; }
p { margin: .25rem 0 1rem; } .soft, footer { color: var(--soft); } footer { text-align: center; font-size: .85rem; margin-top: 1rem; }
fieldset { border: 0; margin: 1.25rem 0; padding: 0; min-width: 0; } legend { font-weight: 600; padding: 0; margin-bottom: .5rem; }
label.choice { display: flex; gap: .75rem; align-items: flex-start; padding: .6rem .75rem; border: 1px solid var(--line); border-radius: 8px; margin-bottom: .4rem; cursor: pointer; }
label.choice:hover, label.choice:has(:focus-visible) { border-color: var(--accent); } label.choice small { display: block; color: var(--soft); } label.choice span { min-width: 0; overflow-wrap: anywhere; }
label.choice input { margin-top: .3rem; accent-color: var(--accent); } .people { max-height: 19rem; overflow: auto; padding: 2px; margin-bottom: .5rem; }
.people:not(:has(input[value=""]:checked)) + input { display: none; }
input[type=email] { width: 100%; padding: .55rem .7rem; border: 1px solid var(--line); border-radius: 8px; background: transparent; color: inherit; font: inherit; }
.actions { display: flex; gap: .75rem; justify-content: flex-end; margin-top: 1.5rem; }
button { font: inherit; font-weight: 600; padding: .55rem 1.25rem; border-radius: 8px; border: 1px solid var(--line); background: transparent; color: inherit; cursor: pointer; }
button.primary { background: var(--accent); border-color: var(--accent); color: var(--on-accent); }
a { color: var(--accent); } :focus-visible { outline: 2px solid var(--accent); outline-offset: 2px; }
table { width: 100%; border-collapse: collapse; } th, td { text-align: left; vertical-align: top; padding: .5rem .6rem; border-bottom: 1px solid var(--line); overflow-wrap: anywhere; }
th { color: var(--soft); font-weight: 600; font-size: .85rem; } pre { white-space: pre-wrap; overflow-wrap: anywhere; margin: 0; font-size: .9rem; }
iframe { width: 100%; height: 32rem; border: 1px solid var(--line); border-radius: 8px; background: #fff; }
`;
