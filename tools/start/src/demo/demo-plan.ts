/** What becomes of a demo connection after it was connected. */
export type DemoEnd = 'stays-active' | 'lacks-a-scope' | 'is-paused' | 'expires' | 'fails' | 'is-disconnected' | 'needs-admin';

export interface DemoConnection {
  /** Id of a calendar service; left out of the demo where the product does not offer it. */
  readonly provider: string;
  /** A person of the sandbox. */
  readonly account: string;
  readonly accessProfile: 'read_write' | 'free_busy';
  readonly end: DemoEnd;
}

export interface DemoUser {
  /** Null: the owner of the tenant, who is there from the first start on. */
  readonly email: string | null;
  readonly role: 'admin' | 'member';
  readonly connections: readonly DemoConnection[];
}

export interface DemoMeeting {
  readonly title: string;
  /** Accounts; the first one's calendar takes the meeting. */
  readonly hosts: readonly string[];
  /** It is put on the first free time from this many days on. */
  readonly inDays: number;
  readonly durationMinutes: number;
  readonly guests: readonly { readonly name: string; readonly email: string; readonly zone: string }[];
  readonly preparation: readonly { readonly title: string; readonly url: string }[];
}

export interface DemoTenant {
  /** In the data folder; holds the key that the product made for the owner. */
  readonly keyFile: string;
  readonly users: readonly DemoUser[];
  readonly meetings: readonly DemoMeeting[];
}

const calendar = (account: string, end: DemoEnd = 'stays-active'): DemoConnection => ({
  ...{ provider: 'google', account, accessProfile: 'read_write', end },
});
const outlook = (account: string, end: DemoEnd = 'stays-active'): DemoConnection => ({ ...calendar(account, end), provider: 'outlook' });
const member = (email: string, ...connections: readonly DemoConnection[]): DemoUser => ({ email, role: 'member', connections });

const dana = { name: 'Dana Whitfield', email: 'dana@northwind.example', zone: 'America/Chicago' };
const tomas = { name: 'Tomás Ferreira', email: 'tomas@lisbontiles.example', zone: 'Europe/Lisbon' };
const yuki = { name: 'Yuki Tanabe', email: 'yuki@sakurafoods.example', zone: 'Asia/Tokyo' };

/** Two tenants, with two calendar services and a connection in each state that an administrator can meet. */
export const DEMO_PLAN: readonly DemoTenant[] = [
  {
    keyFile: 'demo-key',
    users: [
      {
        email: null,
        role: 'member',
        connections: [
          calendar('ada@acme.example'),
          { ...calendar('ada.lindqvist@mail.example'), accessProfile: 'free_busy' },
          outlook('ada@acme-studio.example'),
        ],
      },
      member(
        'mia@acme.example',
        calendar('mia@acme.example'),
        calendar('mia.okafor@mail.example', 'is-disconnected'),
        outlook('mia.okafor@outlook.example'),
      ),
      member('jonas@acme.example', calendar('jonas@acme.example')),
      member('priya@acme.example', calendar('priya@acme.example', 'lacks-a-scope')),
      { email: 'leo@acme.example', role: 'admin', connections: [calendar('leo@acme.example', 'expires')] },
      member('nina@acme.example', calendar('nina@acme.example', 'is-paused')),
      member('kenji@acme.example', calendar('kenji@acme.example', 'fails')),
      member('lena@acme-studio.example', outlook('lena@acme-studio.example')),
      member('tariq@acme-studio.example', outlook('tariq@acme-studio.example')),
    ],
    meetings: [
      {
        title: 'Product demo: Northwind',
        hosts: ['ada@acme.example', 'mia@acme.example'],
        inDays: 1,
        durationMinutes: 45,
        guests: [dana],
        preparation: [{ title: 'Account notes', url: 'https://crm.example/accounts/northwind' }],
      },
      {
        title: 'Contract questions: Lisbon Tiles',
        hosts: ['jonas@acme.example'],
        inDays: 2,
        durationMinutes: 30,
        guests: [tomas],
        preparation: [{ title: 'Draft contract', url: 'https://files.example/contracts/lisbon-tiles' }],
      },
      {
        title: 'Kick-off: Sakura Foods',
        hosts: ['ada@acme.example', 'jonas@acme.example'],
        inDays: 3,
        durationMinutes: 60,
        guests: [yuki],
        preparation: [],
      },
      {
        title: 'Training for new editors',
        hosts: ['mia@acme.example'],
        inDays: 4,
        durationMinutes: 30,
        guests: [dana, tomas],
        preparation: [],
      },
      {
        title: 'Film for the launch: Northwind',
        hosts: ['lena@acme-studio.example', 'ada@acme.example'],
        inDays: 2,
        durationMinutes: 45,
        guests: [dana],
        preparation: [],
      },
    ],
  },
  {
    keyFile: 'demo-key-globex',
    users: [
      { email: null, role: 'member', connections: [calendar('sam@globex.example')] },
      member('rosa@globex.example', calendar('rosa@globex.example')),
      member('elena@globex.example', calendar('elena@globex.example')),
      member('omar@globex.example', calendar('omar@globex.example', 'expires')),
      member('greta@globex-freight.example', outlook('greta@globex-freight.example')),
      member('viktor@globex-freight.example', outlook('viktor@globex-freight.example', 'needs-admin')),
    ],
    meetings: [{ title: 'Freight rates', hosts: ['sam@globex.example'], inDays: 2, durationMinutes: 30, guests: [yuki], preparation: [] }],
  },
];
