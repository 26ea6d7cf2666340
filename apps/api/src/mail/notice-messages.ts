/** `{account}`, `{brand}`, `{tenant}`, `{inviter}`, `{ways}` and `{until}` stand for values. */
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
  readonly setupLink: Omit<NoticeText, 'body'> & {
    readonly opening: { readonly named: string; readonly unnamed: string };
    readonly rest: readonly string[];
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
  setupLink: {
    subject: '{brand} asks you to connect your calendar',
    opening: {
      named: '{inviter} asks you to connect your calendar to {brand}, so that you are booked only when you are free.',
      unnamed: '{brand} asks you to connect your calendar, so that you are booked only when you are free.',
    },
    rest: [
      'You need no account and no password here. The page says what will be seen and what not, and your calendar service asks you before anything is read.',
      'The address works once, until {until}, and is meant for {account} only: please do not pass it on.',
    ],
    button: 'See what is asked',
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
  setupLink: {
    subject: '{brand} bittet Sie, Ihren Kalender zu verbinden',
    opening: {
      named: '{inviter} bittet Sie, Ihren Kalender mit {brand} zu verbinden, damit Sie nur gebucht werden, wenn Sie Zeit haben.',
      unnamed: '{brand} bittet Sie, Ihren Kalender zu verbinden, damit Sie nur gebucht werden, wenn Sie Zeit haben.',
    },
    rest: [
      'Sie brauchen hier weder Konto noch Passwort. Die Seite sagt, was gesehen wird und was nicht, und Ihr Kalenderdienst fragt Sie, bevor etwas gelesen wird.',
      'Die Adresse gilt einmal, bis {until}, und nur für {account}: Bitte geben Sie sie nicht weiter.',
    ],
    button: 'Ansehen, worum es geht',
  },
  linkFollows: 'Link zur Teilnahme: {subject}',
};

const tables = [english, german];

/** In the person's language, else in English. */
export function messagesOfNotices(locale: string): NoticeMessages {
  const language = locale.split('-')[0]!.toLowerCase();
  return tables.find((table) => table.language === language) ?? english;
}
