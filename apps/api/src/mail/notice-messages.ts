interface NoticeText {
  readonly subject: string;
  readonly body: readonly string[];
  readonly button: string;
}

export interface NoticeMessages {
  readonly language: string;
  readonly reconnect: NoticeText;
  readonly test: NoticeText;
  /** Subject of the mail that brings a join link later; `{subject}` is that of the confirmation. */
  readonly linkFollows: string;
}

const english: NoticeMessages = {
  language: 'en',
  reconnect: {
    subject: 'Please connect {account} again',
    body: [
      'The calendar of {account} can no longer be reached, because access was withdrawn or has ended.',
      'Until it is connected again, new events are not seen and meetings cannot be written to it. Calendars, settings and meetings are kept.',
    ],
    button: 'Connect again',
  },
  test: {
    subject: 'Test mail from {brand}',
    body: ['Mail works: this message was sent from the settings of {brand}.'],
    button: 'Open the settings',
  },
  linkFollows: 'Join link: {subject}',
};

const german: NoticeMessages = {
  language: 'de',
  reconnect: {
    subject: 'Bitte verbinden Sie {account} erneut',
    body: [
      'Der Kalender von {account} ist nicht mehr erreichbar, weil der Zugriff entzogen wurde oder abgelaufen ist.',
      'Bis er wieder verbunden ist, werden neue Termine nicht gesehen und Besprechungen nicht eingetragen. Kalender, Einstellungen und Besprechungen bleiben erhalten.',
    ],
    button: 'Erneut verbinden',
  },
  test: {
    subject: 'Testnachricht von {brand}',
    body: ['Der Versand funktioniert: Diese Nachricht kommt aus den Einstellungen von {brand}.'],
    button: 'Einstellungen öffnen',
  },
  linkFollows: 'Link zur Teilnahme: {subject}',
};

const tables = [english, german];

/** In the person's language, else in English. */
export function messagesOfNotices(locale: string): NoticeMessages {
  const language = locale.split('-')[0]!.toLowerCase();
  return tables.find((table) => table.language === language) ?? english;
}
