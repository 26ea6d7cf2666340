/** What becomes of a demo connection after it was connected. */
export type DemoEnd = 'stays-active' | 'lacks-a-scope' | 'is-paused' | 'expires' | 'fails' | 'is-disconnected';

export interface DemoConnection {
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

const calendar = (account: string, end: DemoEnd = 'stays-active'): DemoConnection => ({ account, accessProfile: 'read_write', end });
const member = (email: string, ...connections: readonly DemoConnection[]): DemoUser => ({ email, role: 'member', connections });

const dana = { name: 'Dana Whitfield', email: 'dana@northwind.example', zone: 'America/Chicago' };
const tomas = { name: 'Tomás Ferreira', email: 'tomas@lisbontiles.example', zone: 'Europe/Lisbon' };
const yuki = { name: 'Yuki Tanabe', email: 'yuki@sakurafoods.example', zone: 'Asia/Tokyo' };

/** Two tenants with a connection in each state that an administrator can meet. */
export const DEMO_PLAN: readonly DemoTenant[] = [
  {
    keyFile: 'demo-key',
    users: [
      {
        email: null,
        role: 'member',
        connections: [
          calendar('ada@acme.example'),
          { account: 'ada.lindqvist@mail.example', accessProfile: 'free_busy', end: 'stays-active' },
        ],
      },
      member('mia@acme.example', calendar('mia@acme.example'), calendar('mia.okafor@mail.example', 'is-disconnected')),
      member('jonas@acme.example', calendar('jonas@acme.example')),
      member('priya@acme.example', calendar('priya@acme.example', 'lacks-a-scope')),
      { email: 'leo@acme.example', role: 'admin', connections: [calendar('leo@acme.example', 'expires')] },
      member('nina@acme.example', calendar('nina@acme.example', 'is-paused')),
      member('kenji@acme.example', calendar('kenji@acme.example', 'fails')),
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
    ],
  },
  {
    keyFile: 'demo-key-globex',
    users: [
      { email: null, role: 'member', connections: [calendar('sam@globex.example')] },
      member('rosa@globex.example', calendar('rosa@globex.example')),
      member('elena@globex.example', calendar('elena@globex.example')),
      member('omar@globex.example', calendar('omar@globex.example', 'expires')),
    ],
    meetings: [{ title: 'Freight rates', hosts: ['sam@globex.example'], inDays: 2, durationMinutes: 30, guests: [yuki], preparation: [] }],
  },
];
