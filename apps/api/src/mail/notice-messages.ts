/** `{account}`, `{brand}`, `{tenant}`, `{inviter}` and `{ways}` stand for values. */
export interface NoticeText {
  readonly subject: string;
  readonly body: readonly string[];
  readonly button: string;
}

export interface NoticeMessages {
  readonly language: string;
  readonly reconnect: NoticeText;
  readonly test: NoticeText;
  readonly invitation: Omit<NoticeText, 'body'> & {
    readonly opening: { readonly named: string; readonly unnamed: string };
    readonly signIn: { readonly possible: string; readonly impossible: string };
    readonly or: string;
  };
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
  invitation: {
    subject: 'You are invited to {tenant} on Daymark',
    opening: {
      named: '{inviter} has invited you to {tenant} on Daymark, which keeps calendars in step and books meetings.',
      unnamed: 'You have been invited to {tenant} on Daymark, which keeps calendars in step and books meetings.',
    },
    signIn: {
      possible: 'Open the address below and sign in with {ways}, as {account}. The invitation is for this address only.',
      impossible: 'It is for the address {account}. Whoever runs the installation has set up no way to sign in yet: ask them for a link.',
    },
    or: ' or ',
    button: 'Open Daymark',
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
  invitation: {
    subject: 'Einladung zu {tenant} bei Daymark',
    opening: {
      named: '{inviter} lädt Sie zu {tenant} bei Daymark ein. Daymark gleicht Kalender ab und bucht Besprechungen.',
      unnamed: 'Sie sind zu {tenant} bei Daymark eingeladen. Daymark gleicht Kalender ab und bucht Besprechungen.',
    },
    signIn: {
      possible: 'Öffnen Sie die Adresse unten und melden Sie sich mit {ways} als {account} an. Die Einladung gilt nur für diese Adresse.',
      impossible:
        'Sie gilt für die Adresse {account}. Auf dieser Installation ist noch kein Weg zur Anmeldung eingerichtet: Bitten Sie den Betreiber um einen Link.',
    },
    or: ' oder ',
    button: 'Daymark öffnen',
  },
  linkFollows: 'Link zur Teilnahme: {subject}',
};

const tables = [english, german];

/** In the person's language, else in English. */
export function messagesOfNotices(locale: string): NoticeMessages {
  const language = locale.split('-')[0]!.toLowerCase();
  return tables.find((table) => table.language === language) ?? english;
}
