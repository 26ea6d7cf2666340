import type { Router } from 'express';
import express from 'express';
import { escapeHtml, htmlPage } from '../html.ts';
import type { CaughtMail, Mailbox } from './mailbox.ts';

/** Links in a mail open in a new tab; scripts, forms and remote content do not run. */
const MAIL_POLICY =
  "sandbox allow-popups allow-popups-to-escape-sandbox; default-src 'none'; img-src data:; style-src 'unsafe-inline'; font-src data:; base-uri 'none'; form-action 'none'";
const PAGE_POLICY = "default-src 'none'; style-src 'unsafe-inline'; frame-src 'self'; form-action 'self'; base-uri 'none'";

/** Pages below `/mail` on which a person reads what was sent. */
export function mailPages(mailbox: Mailbox): Router {
  const router = express.Router();
  router.use((_request, response, next) => {
    response.set({ 'content-security-policy': PAGE_POLICY, 'x-content-type-options': 'nosniff', 'referrer-policy': 'no-referrer' });
    next();
  });
  router.get('/', (request, response) => {
    const to = typeof request.query.to === 'string' && request.query.to !== '' ? request.query.to : undefined;
    response.type('html').send(listPage([...mailbox.list({ to })].reverse(), to ?? ''));
  });
  router.post('/clear', (_request, response) => {
    mailbox.clear();
    response.redirect(303, '/mail');
  });
  router.get('/:id', (request, response) => {
    const mail = mailbox.find(request.params.id);
    if (mail === null) response.status(404).type('html').send(missingPage());
    else response.type('html').send(messagePage(mail));
  });
  router.get('/:id/html', (request, response) => {
    const mail = mailbox.find(request.params.id);
    if (mail?.html == null) response.status(404).type('html').send(missingPage());
    else response.set('content-security-policy', MAIL_POLICY).type('html').send(shownHtml(mail, mail.html));
  });
  router.get('/:id/raw', (request, response) => {
    const mail = mailbox.find(request.params.id);
    if (mail === null) response.status(404).type('html').send(missingPage());
    else response.set('content-disposition', `attachment; filename="mail-${mail.id}.eml"`).type('message/rfc822').send(mail.raw);
  });
  router.get('/:id/attachments/:index', (request, response) => {
    const attachment = mailbox.find(request.params.id)?.attachments[Number(request.params.index)];
    if (attachment === undefined) {
      response.status(404).type('html').send(missingPage());
      return;
    }
    response.attachment(attachment.filename).type('application/octet-stream').send(Buffer.from(attachment.base64, 'base64'));
  });
  return router;
}

function listPage(mails: readonly CaughtMail[], to: string): string {
  const rows = mails
    .map(
      (
        mail,
      ) => `<tr><td><a href="/mail/${mail.id}">${escapeHtml(mail.subject || '(no subject)')}</a>${mail.attachments.length > 0 ? ' <span class="soft">with attachment</span>' : ''}</td>
<td>${escapeHtml(mail.envelope.to.join(', '))}</td><td class="soft">${escapeHtml(mail.receivedAt.replace('T', ' ').slice(0, 19))}</td></tr>`,
    )
    .join('\n');
  return htmlPage({
    title: 'Mail',
    width: 'wide',
    body: `<h1>Mail</h1>
<p class="soft">Every mail that was sent in this sandbox, newest first. None has left the machine.</p>
<form method="get"><input type="email" name="to" placeholder="Only mail to this address" aria-label="Only mail to this address" value="${escapeHtml(to)}"></form>
${mails.length === 0 ? '<p>No mail yet.</p>' : `<table><thead><tr><th>Subject</th><th>To</th><th>Received (UTC)</th></tr></thead><tbody>${rows}</tbody></table>`}
<form method="post" action="/mail/clear" class="actions"><button>Delete all</button></form>`,
  });
}

function messagePage(mail: CaughtMail): string {
  const attachments = mail.attachments
    .map(
      (attachment, index) =>
        `<li><a href="/mail/${mail.id}/attachments/${index}" download>${escapeHtml(attachment.filename)}</a> <span class="soft">${escapeHtml(attachment.mimeType)}</span></li>`,
    )
    .join('');
  const headers = mail.headers.map(({ name, value }) => `<tr><th>${escapeHtml(name)}</th><td>${escapeHtml(value)}</td></tr>`).join('\n');
  return htmlPage({
    title: mail.subject || '(no subject)',
    width: 'wide',
    body: `<p><a href="/mail">All mail</a></p>
<h1>${escapeHtml(mail.subject || '(no subject)')}</h1>
<p class="soft">From ${escapeHtml(mail.from)} to ${escapeHtml(mail.envelope.to.join(', '))}, ${escapeHtml(mail.receivedAt)}</p>
${mail.html === null ? '' : `<iframe sandbox="allow-popups allow-popups-to-escape-sandbox" src="/mail/${mail.id}/html" title="Mail as HTML"></iframe>`}
${attachments === '' ? '' : `<h2>Attachments</h2><ul>${attachments}</ul>`}
<h2>Text</h2><pre>${escapeHtml(mail.text)}</pre>
<h2>Headers</h2><table>${headers}</table>
<p><a href="/mail/${mail.id}/raw" download>Download the whole message</a></p>`,
  });
}

function shownHtml(mail: CaughtMail, html: string): string {
  const withImages = html.replaceAll(/cid:([^"'\s)>]+)/g, (whole, id: string) => {
    const image = mail.attachments.find((attachment) => attachment.contentId === id);
    return image === undefined ? whole : `data:${image.mimeType};base64,${image.base64}`;
  });
  return `<base target="_blank">${withImages}`;
}

function missingPage(): string {
  return htmlPage({ title: 'Not found', body: '<h1>There is no such mail</h1><p><a href="/mail">All mail</a></p>' });
}
