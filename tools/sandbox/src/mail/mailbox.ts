import PostalMime from 'postal-mime';

/** One message as it was accepted. */
export interface CaughtMail {
  id: string;
  receivedAt: string;
  envelope: { from: string; to: string[] };
  /** Whether the sender got our acceptance; false when a fault took the reply away. */
  wasAcknowledged: boolean;
  subject: string;
  from: string;
  to: string[];
  headers: { name: string; value: string }[];
  text: string;
  html: string | null;
  attachments: CaughtAttachment[];
  raw: string;
}

export interface CaughtAttachment {
  filename: string;
  mimeType: string;
  contentId: string | null;
  isInline: boolean;
  base64: string;
}

export interface MailState {
  lastId: number;
  messages: CaughtMail[];
}

export interface MailQuery {
  readonly to?: string;
  readonly subject?: string;
}

export interface Mailbox {
  add(message: { raw: Buffer; envelope: CaughtMail['envelope']; receivedAt: string; wasAcknowledged: boolean }): Promise<CaughtMail>;
  /** Oldest first. */
  list(query?: MailQuery): readonly CaughtMail[];
  find(id: string): CaughtMail | null;
  clear(): void;
}

const KEPT = 1000;

export function createMailbox(state: MailState, touch: () => void): Mailbox {
  return {
    add: async ({ raw, envelope, receivedAt, wasAcknowledged }) => {
      const parsed = await new PostalMime({ attachmentEncoding: 'base64' }).parse(raw);
      state.lastId += 1;
      const mail: CaughtMail = {
        id: String(state.lastId),
        receivedAt,
        envelope,
        wasAcknowledged,
        subject: parsed.subject ?? '',
        from: parsed.from?.address ?? envelope.from,
        to: (parsed.to ?? []).flatMap((address) => (address.address === undefined ? [] : [address.address])),
        headers: parsed.headers.map(({ originalKey, key, value }) => ({ name: originalKey ?? key, value })),
        text: parsed.text ?? '',
        html: parsed.html ?? null,
        attachments: parsed.attachments.map((attachment) => ({
          filename: attachment.filename ?? 'attachment',
          mimeType: attachment.mimeType,
          contentId: attachment.contentId?.replaceAll(/[<>]/g, '') ?? null,
          isInline: attachment.disposition === 'inline' || attachment.related === true,
          base64: String(attachment.content),
        })),
        raw: raw.toString('utf8'),
      };
      state.messages.push(mail);
      if (state.messages.length > KEPT) state.messages.splice(0, state.messages.length - KEPT);
      touch();
      return mail;
    },
    list: (query = {}) =>
      state.messages.filter(
        (mail) =>
          (query.to === undefined ||
            [...mail.envelope.to, ...mail.to].some((address) => address.toLowerCase() === query.to?.toLowerCase())) &&
          (query.subject === undefined || mail.subject.includes(query.subject)),
      ),
    find: (id) => state.messages.find((mail) => mail.id === id) ?? null,
    clear: () => {
      state.messages.length = 0;
      touch();
    },
  };
}
