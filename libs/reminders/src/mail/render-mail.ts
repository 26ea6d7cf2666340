import type { MailCalendarPart } from '../mail-channel.ts';
import { calendarPart } from './calendar-part.ts';
import { blocksToHtml, blocksToText } from './mail-blocks.ts';
import type { MailBlock, MailLine } from './mail-blocks.ts';
import type { MailAttendee, MailBranding, MailMeeting, MailPerson, MailRequest, PreparationItem } from './mail-content.ts';
import { layOut } from './mail-layout.ts';
import { describeStart, describeTime, listNames, readsSameClock } from './mail-times.ts';
import type { TimeSpan } from './mail-times.ts';
import { fill, messagesFor } from './messages.ts';
import type { MailMessages } from './messages.ts';
import { escapeHtml, manyLines, oneLine, webUrl } from './plain-text.ts';

export interface RenderedMail {
  /** One line, safe in a header. */
  readonly subject: string;
  readonly html: string;
  /** Says the same as `html`. */
  readonly text: string;
  /** None with a reminder, and none without a UID. */
  readonly calendar: MailCalendarPart | null;
}

const DEFAULT_COLOR = '#1f5fbf';
const MAX_LISTED_ATTENDEES = 30;
const MAX_PREPARATION_ITEMS = 20;

/**
 * A mail about a meeting in the recipient's language and zone and the tenant's colours. Event text
 * is shown as text wherever it stands; nothing is fetched.
 */
export async function renderMail(request: MailRequest): Promise<RenderedMail> {
  const { kind, meeting, recipient } = request;
  const messages = messagesFor(recipient.locale);
  const branding = safeBranding(request.branding);
  const title = oneLine(meeting.title, 200) || messages.untitled;
  const subject = oneLine(fill(messages.subject[kind], { title, when: describeStart(meeting.start, recipient) }));
  const joinUrl = kind === 'cancelled' ? null : webUrl(meeting.joinUrl);
  const intro: MailBlock[] = [
    { label: null, lines: [{ text: greeting(recipient, messages) }, { text: introduction(request, messages) }] },
    { label: null, lines: [{ text: title, isStrong: true }] },
    ...timeBlocks(request, messages),
  ];
  const details = detailBlocks(request, messages, joinUrl);
  const footer: MailBlock[] = [{ label: null, lines: [...textLines(branding.footer), { text: branding.name }] }];
  const html = await layOut({
    language: messages.language,
    subject: escapeHtml(subject),
    preview: escapeHtml(describeTime(meeting, recipient)),
    color: branding.color,
    colorText: readableOn(branding.color),
    sender: escapeHtml(branding.name),
    heading: escapeHtml(messages.heading[kind]),
    body: blocksToHtml(intro),
    details: blocksToHtml(details),
    footer: blocksToHtml(footer),
    logoUrl: branding.logoUrl === null ? null : escapeHtml(branding.logoUrl),
    button: joinUrl === null ? null : { url: escapeHtml(joinUrl), label: escapeHtml(messages.join) },
  });
  const join: MailBlock[] = joinUrl === null ? [] : [{ label: null, lines: [{ text: messages.join, url: joinUrl }] }];
  const heading: MailBlock = { label: null, lines: [{ text: messages.heading[kind] }] };
  const text = `${blocksToText([heading, ...intro, ...join, ...details.filter((block) => block.label !== messages.joinLink)])}\n\n-- \n${blocksToText(footer)}\n`;
  return { subject, html, text, calendar: calendarPart(request) };
}

function greeting({ name }: MailPerson, messages: MailMessages): string {
  const shown = name === null ? '' : oneLine(name, 80);
  return shown === '' ? messages.greeting.plain : fill(messages.greeting.named, { name: shown });
}

function introduction({ kind, meeting, recipient }: MailRequest, messages: MailMessages): string {
  const { withHost, plain } = messages.intro[kind];
  if (meeting.hosts.length === 0 || isHost(meeting, recipient)) return plain;
  return fill(withHost, { host: listNames(meeting.hosts.map(personName), messages.language) });
}

function timeBlocks(request: MailRequest, messages: MailMessages): MailBlock[] {
  const { meeting, recipient } = request;
  const zone = meeting.hosts[0]?.zone ?? null;
  const now: MailLine[] = [{ text: describeTime(meeting, recipient), isStrong: true }];
  if (zone !== null && !isHost(meeting, recipient) && !readsSameClock(meeting, recipient.zone, zone)) {
    now.push({ text: fill(messages.hostTime, { when: describeTime(meeting, { zone, locale: recipient.locale }) }) });
  }
  if (request.kind !== 'rescheduled') return [{ label: messages.when, lines: now }];
  const previous: TimeSpan = request.previous;
  return [
    { label: messages.now, lines: now },
    { label: messages.previously, lines: [{ text: describeTime(previous, recipient) }] },
  ];
}

function detailBlocks(request: MailRequest, messages: MailMessages, joinUrl: string | null): MailBlock[] {
  const { meeting } = request;
  const comment = request.kind === 'cancelled' || request.kind === 'rescheduled' ? request.comment : null;
  const manageUrl = request.kind === 'cancelled' ? null : webUrl(meeting.manageUrl);
  const isGoingOn = request.kind !== 'cancelled';
  const blocks: MailBlock[] = [
    { label: messages.joinLink, lines: joinUrl === null ? [] : [{ text: joinUrl, url: joinUrl }] },
    { label: messages.comment, lines: textLines(comment) },
    { label: messages.where, lines: isGoingOn ? textLines(meeting.location) : [] },
    { label: messages.who, lines: attendeeLines(request, messages) },
    { label: messages.about, lines: isGoingOn ? textLines(meeting.description) : [] },
    { label: messages.preparation, lines: isGoingOn ? preparationLines(request.preparation ?? [], messages) : [] },
    { label: null, lines: manageUrl === null ? [] : [{ text: messages.manage, url: manageUrl }] },
  ];
  return blocks.filter((block) => block.lines.length > 0);
}

function attendeeLines({ meeting }: MailRequest, messages: MailMessages): MailLine[] {
  const hosts = meeting.hosts.map((host) => ({ text: `${personText(host)} (${messages.hostRole})` }));
  const others = meeting.attendees.filter((attendee) => !isHost(meeting, attendee));
  const lines = [...hosts, ...others.slice(0, MAX_LISTED_ATTENDEES).map((attendee) => ({ text: attendeeText(attendee, messages) }))];
  if (others.length > MAX_LISTED_ATTENDEES)
    lines.push({ text: fill(messages.more, { count: String(others.length - MAX_LISTED_ATTENDEES) }) });
  return lines;
}

function attendeeText(attendee: MailAttendee, messages: MailMessages): string {
  const notes = [messages.response[attendee.response], ...(attendee.optional ? [messages.optionalRole] : [])];
  return `${personText(attendee)} (${notes.join(', ')})`;
}

function preparationLines(items: readonly PreparationItem[], messages: MailMessages): MailLine[] {
  return items.slice(0, MAX_PREPARATION_ITEMS).flatMap((item): MailLine[] => {
    if (item.kind === 'link') return [{ text: oneLine(item.title, 200) || oneLine(item.url, 200), url: webUrl(item.url) }];
    const title = item.title === null ? '' : oneLine(item.title, 200);
    const heading = item.generated ? `${title} (${messages.generatedNote})`.trim() : title;
    return [...(heading === '' ? [] : [{ text: heading, isStrong: true }]), ...textLines(item.text)];
  });
}

function textLines(text: string | null): MailLine[] {
  const shown = text === null ? '' : manyLines(text);
  return shown === '' ? [] : shown.split('\n').map((line) => ({ text: line }));
}

function personName({ email, name }: MailPerson): string {
  return (name === null ? '' : oneLine(name, 80)) || oneLine(email, 120);
}

function personText(person: MailPerson): string {
  const name = personName(person);
  const email = oneLine(person.email, 120);
  return name === email ? email : `${name} <${email}>`;
}

function isHost({ hosts }: MailMeeting, person: MailPerson): boolean {
  return hosts.some((host) => isSame(host, person));
}

function isSame(one: MailPerson, other: MailPerson): boolean {
  return one.email.trim().toLowerCase() === other.email.trim().toLowerCase();
}

function safeBranding(branding: MailBranding): MailBranding {
  const logoUrl = webUrl(branding.logoUrl);
  return {
    name: oneLine(branding.name, 100),
    color: /^#[0-9a-f]{6}$/i.test(branding.color) ? branding.color : DEFAULT_COLOR,
    logoUrl: logoUrl !== null && logoUrl.toLowerCase().startsWith('https://') ? logoUrl : null,
    footer: branding.footer,
  };
}

/** Black or white, whichever has more contrast by WCAG's relative luminance. */
function readableOn(color: string): string {
  const [red = 0, green = 0, blue = 0] = [1, 3, 5].map((at) => {
    const part = Number.parseInt(color.slice(at, at + 2), 16) / 255;
    return part <= 0.04045 ? part / 12.92 : ((part + 0.055) / 1.055) ** 2.4;
  });
  return 0.2126 * red + 0.7152 * green + 0.0722 * blue > 0.179 ? '#000000' : '#ffffff';
}
