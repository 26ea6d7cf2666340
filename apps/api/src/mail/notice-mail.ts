import type { Instant, ZoneId } from '@daymark/domain';
import type { Invitation } from './mail-row.ts';
import { messagesOfNotices, type NoticeMessages, type NoticeText } from './notice-messages.ts';

/** A mail that is about no meeting. All values are plain text and may be anything. */
export interface Notice {
  readonly kind: 'reconnect' | 'test' | 'invitation' | 'setup-link';
  /** The account to connect again, or the address that is invited. */
  readonly accountEmail: string | null;
  /** Of an invitation: to what, by whom, and the names of what people can sign in with. */
  readonly invitation?: (Invitation & { readonly waysIn: readonly string[] }) | null;
  /** Of a setup link: who asks, and until when it works, told in the person's zone. */
  readonly setup?: { readonly inviter: string | null; readonly until: Instant; readonly zone: ZoneId } | null;
  readonly link: string;
  readonly locale: string;
  readonly brand: { readonly name: string; readonly color: string };
}

export interface NoticeMail {
  readonly subject: string;
  readonly html: string;
  readonly text: string;
}

export function noticeMail(notice: Notice): NoticeMail {
  const { accountEmail, invitation, setup, link, locale, brand } = notice;
  const messages: NoticeMessages = messagesOfNotices(locale);
  const values: Readonly<Record<string, string>> = {
    account: accountEmail ?? '',
    brand: brand.name,
    tenant: invitation?.tenant ?? '',
    inviter: invitation?.inviter ?? setup?.inviter ?? '',
    until: setup == null ? '' : dateAndTime(setup, messages.language),
    ways: (invitation?.waysIn ?? []).join(messages.invitation.or),
  };
  const fill = (text: string): string =>
    text.replaceAll(/\{(account|brand|tenant|inviter|ways|until)\}/g, (_, name: string) => line(values[name]!));
  const { subject, body, button } = textOf(notice, messages);
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

function textOf({ kind, invitation, setup }: Notice, messages: NoticeMessages): NoticeText {
  if (kind === 'setup-link') {
    const { opening, rest, ...text } = messages.setupLink;
    return { ...text, body: [typeof setup?.inviter === 'string' ? opening.named : opening.unnamed, ...rest] };
  }
  if (kind !== 'invitation') return messages[kind];
  const { opening, signIn, ...text } = messages.invitation;
  const isNamed = typeof invitation?.inviter === 'string';
  const canSignIn = (invitation?.waysIn ?? []).length > 0;
  return { ...text, body: [isNamed ? opening.named : opening.unnamed, canSignIn ? signIn.possible : signIn.impossible] };
}

function dateAndTime({ until, zone }: { readonly until: Instant; readonly zone: ZoneId }, language: string): string {
  const format = new Intl.DateTimeFormat(language, {
    weekday: 'short',
    day: 'numeric',
    month: 'long',
    year: 'numeric',
    hour: '2-digit',
    minute: '2-digit',
    hourCycle: 'h23',
    timeZone: zone,
    timeZoneName: 'short',
  });
  return format.format(until);
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
