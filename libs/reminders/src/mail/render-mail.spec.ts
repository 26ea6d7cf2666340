import { Window } from 'happy-dom';
import { describe, expect, it } from 'vitest';
import { parseInstant, parseZone } from '@daymark/domain';
import type { MailBranding, MailMeeting, MailRecipient, MailRequest, PreparationItem } from './mail-content.ts';
import { previewMail } from './preview-mail.ts';
import { renderMail } from './render-mail.ts';

const branding: MailBranding = {
  name: 'Acme',
  color: '#8a1538',
  logoUrl: 'https://acme.test/logo.png',
  footer: 'Acme Inc.\n1 Main Street',
};
const recipient: MailRecipient = { email: 'ada@corp.test', name: 'Ada', zone: parseZone('America/New_York'), locale: 'en-US' };
const meeting: MailMeeting = {
  id: 'mtg_1',
  sequence: 3,
  title: 'Planning',
  start: parseInstant('2027-03-30T07:00:00Z'),
  end: parseInstant('2027-03-30T08:00:00Z'),
  zone: parseZone('Europe/Berlin'),
  description: 'Where we stand',
  location: 'Room 4',
  joinUrl: 'https://meet.test/abc?pwd=1&x=2',
  manageUrl: 'https://day.test/m/1',
  hosts: [{ email: 'grace@corp.test', name: 'Grace', zone: parseZone('Europe/Berlin'), response: 'accepted' }],
  attendees: [
    { email: 'ada@corp.test', name: 'Ada', response: 'accepted', optional: false },
    { email: 'alan@corp.test', name: null, response: 'declined', optional: true },
  ],
  iCalUid: 'uid-1@google.test',
};
const preparation: PreparationItem[] = [
  { kind: 'link', title: 'Figures', url: 'https://docs.test/f' },
  { kind: 'note', title: null, text: 'Bring\nnumbers', generated: false },
];
const stampedAt = parseInstant('2027-03-01T09:00:00Z');
const previous = { start: parseInstant('2027-03-29T07:00:00Z'), end: parseInstant('2027-03-29T08:00:00Z') };

function request(
  kind: MailRequest['kind'],
  change: {
    meeting?: Partial<MailMeeting>;
    recipient?: Partial<MailRecipient>;
    branding?: Partial<MailBranding>;
    comment?: string | null;
  } = {},
): MailRequest {
  const fields = {
    meeting: { ...meeting, ...change.meeting },
    recipient: { ...recipient, ...change.recipient },
    branding: { ...branding, ...change.branding },
    preparation,
    stampedAt,
    previous,
    comment: change.comment ?? null,
  };
  return { ...fields, kind };
}

function page(html: string) {
  const window = new Window();
  window.document.write(html);
  return window.document;
}

function shown(html: string): string {
  const { body } = page(html);
  for (const style of body.querySelectorAll('style')) style.remove();
  return (body.textContent ?? '').replace(/\s+/g, ' ');
}

const kinds = ['confirmation', 'reminder', 'rescheduled', 'cancelled'] as const;

describe('a mail', () => {
  it.each(kinds)('of kind %s reads like this', async (kind) => {
    const zone = parseZone('America/New_York');
    for (const locale of ['en-US', 'de-DE']) {
      const { subject, text } = await previewMail({ kind, branding, zone, locale });
      await expect(`Subject: ${subject}\n\n${text}`).toMatchFileSnapshot(`__fixtures__/${kind}-${locale.slice(0, 2)}.txt`);
    }
  });

  it.each(kinds)('of kind %s says the same in HTML and in text', async (kind) => {
    const { html, text } = await renderMail(request(kind, { comment: 'So sorry' }));
    const words = shown(html);
    for (const line of text.split('\n').map((one) => one.trim())) {
      const [label = '', url] = line.split(/: (?=https?:)/);
      if (line !== '--') expect(words).toContain((url === undefined ? line.replace(/:$/, '') : label).trim());
      if (url !== undefined) expect([...page(html).querySelectorAll('a')].map((link) => link.getAttribute('href'))).toContain(url);
    }
  });

  it.each(['reminder', 'confirmation', 'rescheduled'] as const)(
    'of kind %s tells title, time, link, place, people and material',
    async (kind) => {
      const { html, text, subject } = await renderMail(request(kind));
      expect(subject).toContain('Planning');
      for (const part of [
        'Planning',
        'Tuesday, March 30, 2027, 3:00',
        'Eastern Daylight Time (America/New York)',
        'Room 4',
        'Grace <grace@corp.test> (host)',
        'alan@corp.test (not coming, optional)',
        'Figures',
        'Bring',
        'Where we stand',
        '1 Main Street',
      ]) {
        expect(text).toContain(part);
        expect(shown(html)).toContain(part);
      }
      const button = [...page(html).querySelectorAll('a')].find((link) => link.textContent?.trim() === 'Join the meeting');
      expect(button?.getAttribute('href')).toBe('https://meet.test/abc?pwd=1&x=2');
      expect(text).toContain('https://meet.test/abc?pwd=1&x=2');
    },
  );

  it('shows the time of the host as well only to those whose clocks differ', async () => {
    expect((await renderMail(request('reminder'))).text).toContain('For the host: Tuesday, March 30, 2027, 9:00');
    expect((await renderMail(request('reminder', { recipient: { zone: parseZone('Europe/Vienna') } }))).text).not.toContain('For the host');
  });

  it('shows the time of the host by the clocks of the host, not by those of the meeting', async () => {
    const booked = { zone: parseZone('Asia/Tokyo') };
    expect((await renderMail(request('reminder', { meeting: booked }))).text).toContain('For the host: Tuesday, March 30, 2027, 9:00');
    const hosts = [{ ...meeting.hosts[0]!, zone: recipient.zone }];
    expect((await renderMail(request('reminder', { meeting: { ...booked, hosts } }))).text).not.toContain('For the host');
    const unknown = [{ ...meeting.hosts[0]!, zone: null }];
    expect((await renderMail(request('reminder', { meeting: { hosts: unknown } }))).text).not.toContain('For the host');
  });

  it('of several hosts names them all as such, the organiser first', async () => {
    const leo = { email: 'leo@corp.test', name: 'Leo', zone: parseZone('Asia/Tokyo'), response: 'needs-action' as const };
    const hosts = [...meeting.hosts, leo];
    const { text, calendar } = await renderMail(request('confirmation', { meeting: { hosts } }));
    expect(text).toContain('You are meeting Grace and Leo.');
    expect(text).toMatch(/Grace <grace@corp.test> \(host\)\n {2}Leo <leo@corp.test> \(host\)\n {2}Ada/);
    expect(calendar?.content).toContain('ORGANIZER;CN=Grace:mailto:grace@corp.test');
    expect(calendar?.content.replaceAll('\r\n ', '')).toMatch(/ATTENDEE[^\r]*mailto:leo@corp.test/);
    const german = await renderMail(request('confirmation', { meeting: { hosts }, recipient: { locale: 'de-DE' } }));
    expect(german.text).toContain('Sie treffen Grace und Leo.');
  });

  it('of several hosts tells each of them that it is their own', async () => {
    const leo = { email: 'leo@corp.test', name: 'Leo', zone: parseZone('Asia/Tokyo'), response: 'needs-action' as const };
    const { text } = await renderMail(
      request('confirmation', {
        meeting: { hosts: [...meeting.hosts, leo] },
        recipient: { email: leo.email, name: 'Leo', zone: leo.zone },
      }),
    );
    expect(text).toContain('The meeting is in the calendar.');
    expect(text).not.toContain('For the host');
  });

  it('F15 shows both days where the meeting ends on another day for the reader', async () => {
    const { text } = await renderMail(
      request('reminder', {
        recipient: { zone: parseZone('Asia/Kolkata') },
        meeting: { start: parseInstant('2027-03-30T18:00:00Z'), end: parseInstant('2027-03-30T19:00:00Z') },
      }),
    );
    expect(text).toMatch(/Tuesday, March 30, 2027.* 11:30 PM .* Wednesday, March 31, 2027.* 12:30 AM, India Standard Time/);
  });

  it('of a move has old and new time', async () => {
    const { text } = await renderMail(request('rescheduled', { comment: 'The room is taken.' }));
    expect(text).toMatch(/Now:\n {2}Tuesday, March 30[\s\S]*Before:\n {2}Monday, March 29/);
    expect(text).toContain('The room is taken.');
  });

  it('of a cancel has the reason, and nothing to join, to prepare or to move', async () => {
    const { html, text } = await renderMail(request('cancelled', { comment: 'No time' }));
    expect(text).toContain('No time');
    for (const gone of ['https://meet.test', 'https://docs.test', 'https://day.test', 'Room 4']) expect(html + text).not.toContain(gone);
  });

  it.each([
    ['de-AT', 'Erinnerung: Planning, Di'],
    ['fr-FR', 'Reminder: Planning, mar.'],
    ['xx_broken!', 'Reminder: Planning, Tue'],
  ])('for a reader of %s starts with %s', async (locale, expected) => {
    expect((await renderMail(request('reminder', { recipient: { locale } }))).subject).toContain(expected);
  });

  it('has the colour, logo and name of the tenant, and nothing else to fetch', async () => {
    const { html } = await renderMail(request('reminder'));
    const sources = [...page(html).querySelectorAll('[src]')].map((node) => node.getAttribute('src'));
    expect(sources).toEqual(['https://acme.test/logo.png']);
    expect(html).toContain('background:#8a1538');
    expect(html).not.toMatch(/fonts\.googleapis|@import|<link/);
  });

  it.each([
    ['#ffee00', 'color:#000000'],
    ['#112233', 'color:#ffffff'],
  ])('has a button on %s that can be read', async (color, expected) => {
    const { html } = await renderMail(request('reminder', { branding: { color } }));
    expect(page(html).querySelector(`a[style*="background:${color}"]`)?.getAttribute('style')).toContain(expected);
  });
});

describe('the calendar file', () => {
  it.each([
    ['confirmation', 'REQUEST', 'CONFIRMED'],
    ['rescheduled', 'REQUEST', 'CONFIRMED'],
    ['cancelled', 'CANCEL', 'CANCELLED'],
  ] as const)('of a %s mail is a %s', async (kind, method, status) => {
    const { calendar } = await renderMail(request(kind));
    expect(calendar?.method).toBe(method);
    const lines = calendar?.content.replaceAll('\r\n ', '').split('\r\n') ?? [];
    for (const line of [
      `METHOD:${method}`,
      'UID:uid-1@google.test',
      'SEQUENCE:3',
      `STATUS:${status}`,
      'DTSTART;TZID=Europe/Berlin:20270330T090000',
      'ORGANIZER;CN=Grace:mailto:grace@corp.test',
    ]) {
      expect(lines).toContain(line);
    }
  });

  it('F46 names the one occurrence that is cancelled, and carries the rules of a whole series', async () => {
    const linesOf = async (recurrence: MailMeeting['recurrence']) =>
      (await renderMail(request('cancelled', { meeting: { recurrence } }))).calendar?.content.split('\r\n') ?? [];
    const occurrence = await linesOf({ kind: 'occurrence', originalStart: parseInstant('2027-03-29T07:00:00Z') });
    expect(occurrence).toContain('RECURRENCE-ID:20270329T070000Z');
    const series = await linesOf({ kind: 'series', rules: ['RRULE:FREQ=WEEKLY;COUNT=4'] });
    expect(series).toContain('RRULE:FREQ=WEEKLY;COUNT=4');
    expect(series.join()).not.toContain('RECURRENCE-ID');
  });

  it('F46 does not come with a reminder, nor without a UID', async () => {
    expect((await renderMail(request('reminder'))).calendar).toBeNull();
    expect((await renderMail(request('confirmation', { meeting: { iCalUid: null } }))).calendar).toBeNull();
  });
});

const hostile = [
  '<script>alert(1)</script>',
  '"><img src=x onerror=alert(1)>',
  '</title><script>alert(1)</script>',
  '<mj-raw><script>x</script></mj-raw>',
  '<mj-include path="/etc/passwd" />',
  '@@footer@@',
  '{title}',
  '{{7*7}} ${7*7} <%= 7 %>',
  '$& $1 $`',
  'x\r\nBcc: evil@x.test',
  'x\nSubject: y',
  'a\u0000b\u0007',
  '\u202Egnp.exe',
  'a\u2028b',
  '<!--[if mso]><script>x</script><![endif]-->',
  '-->',
  ']]>',
  '&lt;b&gt; &amp;',
  "' onmouseover='x",
  '=cmd|x',
  '😀'.repeat(300),
  '\u0301'.repeat(50),
  '',
];

describe('hostile text', () => {
  it.each(hostile)('F50 %j is shown as text, wherever it stands', async (evil) => {
    const request: MailRequest = {
      kind: 'rescheduled',
      stampedAt,
      previous,
      comment: evil,
      meeting: {
        ...meeting,
        title: evil,
        description: evil,
        location: evil,
        joinUrl: `https://x.test/${evil}`,
        manageUrl: `https://x.test/?${evil}`,
        hosts: [{ email: `h@x.test${evil}`, name: evil, zone: null, response: 'accepted' }],
        attendees: [{ email: 'a@x.test', name: evil, response: 'accepted', optional: false }],
      },
      recipient: { ...recipient, name: evil },
      branding: { name: evil, color: `#fff;${evil}`, logoUrl: `https://x.test/${evil}.png`, footer: evil },
      preparation: [
        { kind: 'link', title: evil, url: `javascript:${evil}` },
        { kind: 'note', title: evil, text: evil, generated: true },
      ],
    };
    const { subject, html, text, calendar } = await renderMail(request);
    const document = page(html);
    const clean = await renderMail({
      ...request,
      meeting: { ...meeting, title: 'x' },
      comment: 'x',
      recipient,
      branding: { ...branding, logoUrl: html.includes('<img') ? branding.logoUrl : null },
      preparation: [],
    });
    expect(document.querySelectorAll('script, iframe, object, form, svg, [onerror], [onload], [onmouseover]')).toHaveLength(0);
    expect(document.querySelectorAll('img').length).toBeLessThanOrEqual(1);
    for (const link of document.querySelectorAll('a')) expect(link.getAttribute('href')).toMatch(/^https:\/\//);
    expect(document.querySelectorAll('head > *').length).toBe(page(clean.html).querySelectorAll('head > *').length);
    expect(subject).not.toMatch(/[\p{Cc}\u2028-\u202E]/u);
    expect([...subject].length).toBeLessThanOrEqual(300);
    expect(text).not.toMatch(/[\u0000-\u0009\u000B-\u001F\u202E]/);
    expect(calendar?.content.replace(/\r\n/g, '')).not.toMatch(/[\r\n]/);
    const words = evil
      .replace(/[\p{Cc}\u2028-\u202E]+/gu, ' ')
      .trim()
      .slice(0, 40)
      .split(/ +/);
    for (const word of words) expect(shown(html)).toContain(word.slice(0, 20));
  });

  it.each([
    'javascript:alert(1)',
    'data:text/html,x',
    'http://x.test/" onclick="x',
    'https://x.test/a b',
    'file:///etc/passwd',
    '//x.test',
  ])('F50 %j is no link', async (url) => {
    const { html, text } = await renderMail(request('reminder', { meeting: { joinUrl: url, manageUrl: url }, branding: { logoUrl: url } }));
    expect([...page(html).querySelectorAll('a')].map((link) => link.getAttribute('href'))).toEqual(['https://docs.test/f']);
    expect(page(html).querySelectorAll('img')).toHaveLength(0);
    expect(text).not.toContain(url);
  });
});
