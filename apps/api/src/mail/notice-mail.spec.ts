import { describe, expect, it } from 'vitest';
import { instant, type ZoneId } from '@daymark/domain';
import { addressIn, mailDomain } from './mail-address.ts';
import { noticeMail } from './notice-mail.ts';

const notice = {
  kind: 'reconnect',
  accountEmail: 'ada@corp.example',
  link: 'https://daymark.example/connections',
  locale: 'en-GB',
  brand: { name: 'Corp', color: '#2456c7' },
} as const;

describe('a notice', () => {
  it('says the same in HTML and text, with a way on', () => {
    const { subject, html, text } = noticeMail(notice);
    expect(subject).toBe('Please connect ada@corp.example again');
    for (const body of [html, text]) {
      expect(body).toContain('ada@corp.example');
      expect(body).toContain('https://daymark.example/connections');
    }
  });

  it('speaks the language of the person, English when it has not learnt theirs', () => {
    expect(noticeMail({ ...notice, locale: 'de-AT' }).subject).toBe('Bitte verbinden Sie ada@corp.example erneut');
    expect(noticeMail({ ...notice, locale: 'fi' }).subject).toBe('Please connect ada@corp.example again');
  });

  it('of an invitation says who invites to what, and how to sign in, as far as that is known', () => {
    const invitation = { ...notice, kind: 'invitation', accountEmail: 'new@corp.example' } as const;
    const known = noticeMail({ ...invitation, invitation: { tenant: 'Corp', inviter: 'Ada', waysIn: ['Google', 'Outlook'] } });
    expect(known.subject).toBe('You are invited to Corp on Daymark');
    for (const part of ['Ada has invited you to Corp', 'sign in with Google or Outlook, as new@corp.example', notice.link])
      for (const body of [known.html, known.text]) expect(body).toContain(part);
    const unknown = noticeMail({ ...invitation, invitation: { tenant: 'Corp', inviter: null, waysIn: [] } });
    expect(unknown.text).toContain('You have been invited to Corp');
    expect(unknown.text).toContain('ask them for a link');
    const german = noticeMail({
      ...invitation,
      locale: 'de',
      invitation: { tenant: 'Corp', inviter: 'Ada', waysIn: ['Google', 'Outlook'] },
    });
    expect(german.text).toContain('melden Sie sich mit Google oder Outlook als new@corp.example an');
  });

  it('of a setup link says who asks, that no account is needed, and until when, in the zone of the person', () => {
    const asked = { ...notice, kind: 'setup-link', link: 'https://daymark.example/setup#q3X9' } as const;
    const until = instant(Date.parse('2027-03-14T16:00:00Z'));
    const setup = { inviter: 'Leo', until, zone: 'Europe/Berlin' as ZoneId };
    const { subject, html, text } = noticeMail({ ...asked, setup });
    expect(subject).toBe('Corp asks you to connect your calendar');
    for (const part of ['Leo asks you', 'You need no account', 'March 14, 2027', '17:00', asked.link])
      for (const body of [html, text]) expect(body).toContain(part);
    expect(noticeMail({ ...asked, setup: { ...setup, inviter: null } }).text).toContain('Corp asks you to connect');
    expect(noticeMail({ ...asked, locale: 'de', setup }).text).toContain('14. März 2027 um 17:00');
  });

  it('F50 shows hostile names as text, on one line in the subject', () => {
    const { subject, html } = noticeMail({
      ...notice,
      accountEmail: '<img src=x>\r\nBcc: evil@evil.example {brand}',
      brand: { name: '<script>', color: 'red;}</style>' },
    });
    expect(subject).not.toMatch(/[\r\n]/);
    expect(html).not.toMatch(/<img|<script>|<\/style>/);
    expect(subject).toContain('{brand}');
  });
});

describe('the sender', () => {
  it.each([
    ['Daymark <calendar@corp.example>', 'calendar@corp.example', 'corp.example'],
    ['calendar@Corp.example', 'calendar@Corp.example', 'corp.example'],
    ['nobody', 'nobody', 'daymark.invalid'],
  ])('of %s is %s, and its Message-IDs end in %s', (from, address, domain) => {
    expect(addressIn(from)).toBe(address);
    expect(mailDomain(from)).toBe(domain);
  });
});
