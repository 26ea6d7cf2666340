import { createTransport } from 'nodemailer';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import type { Sandbox } from '../start-sandbox.ts';
import { startSandbox } from '../start-sandbox.ts';

let sandbox: Sandbox;
beforeEach(async () => {
  sandbox = await startSandbox();
});
afterEach(() => sandbox.close());

const MAIL = {
  from: 'Daymark <noreply@acme.example>',
  to: 'guest@outside.example',
  subject: 'Your meeting <b>is</b> booked',
  text: 'See you',
  html: '<p>See you</p><script>alert(1)</script><img src="cid:logo"><a href="https://example.com/">Move</a>',
  attachments: [
    { filename: 'invite.ics', content: 'BEGIN:VCALENDAR\r\nEND:VCALENDAR\r\n', contentType: 'text/calendar' },
    { filename: 'logo.png', content: Buffer.from('png'), cid: 'logo', contentType: 'image/png' },
  ],
};

function send(): Promise<unknown> {
  const transport = createTransport({ host: '127.0.0.1', port: sandbox.smtpPort, secure: false, ignoreTLS: true });
  return transport.sendMail(MAIL).finally(() => transport.close());
}

describe('caught mail', () => {
  it('is kept with envelope, headers, both bodies and attachments', async () => {
    await send();
    const mail = sandbox.mail.list({ to: 'guest@outside.example' })[0];
    expect(mail).toMatchObject({
      envelope: { from: 'noreply@acme.example', to: ['guest@outside.example'] },
      subject: MAIL.subject,
      wasAcknowledged: true,
    });
    expect(mail?.text.trim()).toBe('See you');
    expect(mail?.attachments.map(({ filename, mimeType }) => [filename, mimeType])).toEqual([
      ['logo.png', 'image/png'],
      ['invite.ics', 'text/calendar'],
    ]);
    const listed = (await (await fetch(`${sandbox.controlUrl}/control/mail?to=guest@outside.example`)).json()) as { items: unknown[] };
    expect(listed.items).toHaveLength(1);
  });

  it('F50 is shown without running what is in it', async () => {
    await send();
    const list = await (await fetch(`${sandbox.controlUrl}/mail`)).text();
    expect(list).toContain('Your meeting &lt;b&gt;is&lt;/b&gt; booked');
    const page = await fetch(`${sandbox.controlUrl}/mail/1`);
    expect(await page.text()).toMatch(/<iframe sandbox="allow-popups allow-popups-to-escape-sandbox"/);
    const html = await fetch(`${sandbox.controlUrl}/mail/1/html`);
    const policy = html.headers.get('content-security-policy') ?? '';
    expect(policy).toContain("default-src 'none'");
    expect(policy).not.toMatch(/script-src|allow-scripts|allow-same-origin/);
    expect(await html.text()).toContain('src="data:image/png;base64,');
  });

  it('gives attachments and the whole message as downloads only', async () => {
    await send();
    const file = await fetch(`${sandbox.controlUrl}/mail/1/attachments/1`);
    expect([file.headers.get('content-disposition'), file.headers.get('content-type')]).toEqual([
      'attachment; filename=invite.ics',
      'application/octet-stream',
    ]);
    expect(await file.text()).toContain('BEGIN:VCALENDAR');
    expect((await fetch(`${sandbox.controlUrl}/mail/1/raw`)).headers.get('content-disposition')).toContain('attachment');
  });
});

describe('a failing mail server', () => {
  it('rejects with the given code and keeps nothing', async () => {
    sandbox.faults.add({ operation: 'smtp.message', answer: { kind: 'status', status: 451, message: 'Try later' } });
    await expect(send()).rejects.toMatchObject({ responseCode: 451 });
    expect(sandbox.mail.list()).toEqual([]);
    await send();
    expect(sandbox.mail.list()).toHaveLength(1);
  });

  it('F45 takes the mail and drops the connection before it says so', async () => {
    sandbox.faults.add({ operation: 'smtp.message', when: 'after', answer: { kind: 'reset' } });
    await expect(send()).rejects.toThrow();
    expect(sandbox.mail.list()).toMatchObject([{ wasAcknowledged: false }]);
    expect(sandbox.journal.list({ operation: 'smtp.message' })).toMatchObject([{ status: null, applied: true }]);
  });
});
