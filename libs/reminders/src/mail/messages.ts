import type { MailAttendee, MailKind } from './mail-content.ts';
import { germanMessages } from './messages-de.ts';
import { englishMessages } from './messages-en.ts';

/** Every word of our own in a mail. `{name}` stands for a value. */
export interface MailMessages {
  /** BCP 47 language of this table. */
  readonly language: string;
  /** `{title}` and `{when}`. */
  readonly subject: Readonly<Record<MailKind, string>>;
  readonly heading: Readonly<Record<MailKind, string>>;
  /** `{host}`, or the line without one when nobody hosts. */
  readonly intro: Readonly<Record<MailKind, { readonly withHost: string; readonly plain: string }>>;
  readonly greeting: { readonly named: string; readonly plain: string };
  readonly when: string;
  readonly previously: string;
  readonly now: string;
  /** `{when}`: the same time on the host's clocks. */
  readonly hostTime: string;
  readonly join: string;
  readonly joinLink: string;
  readonly where: string;
  readonly who: string;
  readonly about: string;
  readonly comment: string;
  readonly preparation: string;
  readonly generatedNote: string;
  readonly manage: string;
  readonly untitled: string;
  readonly hostRole: string;
  readonly optionalRole: string;
  readonly response: Readonly<Record<MailAttendee['response'], string>>;
  /** `{count}` attendees beyond those listed. */
  readonly more: string;
}

const tables: readonly MailMessages[] = [englishMessages, germanMessages];

/** The table for a locale by its language, English where there is none. */
export function messagesFor(locale: string): MailMessages {
  const language = locale.split('-')[0]?.toLowerCase();
  return tables.find((table) => table.language === language) ?? englishMessages;
}

/** Puts values into a message; a value is never looked into again. */
export function fill(message: string, values: Readonly<Record<string, string>>): string {
  return message.replace(/\{([a-z]+)\}/g, (whole, name: string) => (Object.hasOwn(values, name) ? (values[name] ?? whole) : whole));
}
