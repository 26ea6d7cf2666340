import { messagesOfNotices, type NoticeMessages } from './notice-messages.ts';

/** A mail that is about no meeting. All values are plain text and may be anything. */
export interface Notice {
  readonly kind: 'reconnect' | 'test';
  readonly accountEmail: string | null;
  readonly link: string;
  readonly locale: string;
  readonly brand: { readonly name: string; readonly color: string };
}

export interface NoticeMail {
  readonly subject: string;
  readonly html: string;
  readonly text: string;
}

export function noticeMail({ kind, accountEmail, link, locale, brand }: Notice): NoticeMail {
  const messages: NoticeMessages = messagesOfNotices(locale);
  const fill = (text: string): string =>
    text.replaceAll(/\{(account|brand)\}/g, (_, name: string) => (name === 'account' ? line(accountEmail ?? '') : line(brand.name)));
  const { subject, body, button } = messages[kind];
  const paragraphs = body.map(fill);
  const color = /^#[0-9a-f]{6}$/i.test(brand.color) ? brand.color : '#1f5fbf';
  const html = `<!doctype html>
<html lang="${messages.language}"><head><meta charset="utf-8"><title>${escapeHtml(fill(subject))}</title></head>
<body style="margin:0;background:#f4f5f7;font-family:Helvetica,Arial,sans-serif;color:#1c2430;line-height:1.5">
<div style="max-width:560px;margin:0 auto;padding:24px"><div style="background:#ffffff;border-radius:8px;border-top:4px solid ${color};padding:24px">
${paragraphs.map((text) => `<p>${escapeHtml(text)}</p>`).join('\n')}
<p><a href="${escapeHtml(link)}" style="font-weight:bold;color:${color}">${escapeHtml(button)}</a></p>
</div><p style="font-size:13px;color:#5c6675">${escapeHtml(line(brand.name))}</p></div></body></html>`;
  const text = [...paragraphs, `${button}: ${link}`, `-- \n${line(brand.name)}`].join('\n\n');
  return { subject: fill(subject), html, text: `${text}\n` };
}

/** One line without control characters, for headers and text. */
function line(text: string): string {
  return text
    .replaceAll(/[\p{Cc}\u200E\u200F\u2028-\u202E\u2066-\u2069]+/gu, ' ')
    .trim()
    .slice(0, 200);
}

function escapeHtml(text: string): string {
  return text.replaceAll('&', '&amp;').replaceAll('<', '&lt;').replaceAll('>', '&gt;').replaceAll('"', '&quot;').replaceAll("'", '&#39;');
}
