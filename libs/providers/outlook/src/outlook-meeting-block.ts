/**
 * The body of an online meeting with another text. Microsoft keeps the block with the link to join in the body, and ends the
 * meeting for who writes a body without it: https://learn.microsoft.com/en-us/graph/outlook-calendar-online-meetings
 * Null where the body has no such block, so that nothing can be lost.
 */
export function replaceTextBeside(joinUrl: string, { html, text }: { readonly html: string; readonly text: string }): string | null {
  const link = [joinUrl, joinUrl.replaceAll('&', '&amp;')].map((spelling) => html.indexOf(spelling)).find((at) => at !== -1);
  if (link === undefined) return null;
  const end = html.toLowerCase().indexOf('</body', link);
  const block = html.slice(startOfBlock(html, link), end === -1 ? html.length : end);
  return `<html><body>${htmlOf(text)}${text === '' ? '' : '<br>'}${block}</body></html>`;
}

function htmlOf(text: string): string {
  return text
    .replaceAll('&', '&amp;')
    .replaceAll('<', '&lt;')
    .replaceAll('>', '&gt;')
    .replaceAll('"', '&quot;')
    .replaceAll(/\r?\n/g, '<br>');
}

/** Teams puts a line of underscores before its block; without one it begins with the element below the body that has the link. */
function startOfBlock(html: string, link: number): number {
  const line = html.lastIndexOf('_'.repeat(20), link);
  const opening = line === -1 ? -1 : html.toLowerCase().lastIndexOf('<div', line);
  return opening === -1 ? outermostAround(html, link) : opening;
}

/** Elements without an end, and those around everything. */
const passedOver = new Set(['br', 'hr', 'img', 'meta', 'link', 'input', 'html', 'body']);

function outermostAround(html: string, place: number): number {
  const open: { readonly name: string; readonly at: number }[] = [];
  for (const match of html.matchAll(/<(\/?)([a-z][a-z0-9]*)\b[^>]*>/gi)) {
    const name = (match[2] ?? '').toLowerCase();
    if (passedOver.has(name)) continue;
    if (match[1] === '') open.push({ name, at: match.index });
    if (match.index + match[0].length > place) return open[0]?.at ?? match.index;
    // What was left open inside ends with it.
    const opened = match[1] === '' ? -1 : open.findLastIndex((element) => element.name === name);
    if (opened !== -1) open.length = opened;
  }
  return open[0]?.at ?? place;
}
