import { DomainError, type CaseWords, type ConnectionStatus, type Uuid } from '@daymark/domain';
import { isWritable } from '../calendars/calendar-view.ts';
import type { Calendar } from '../calendars/calendar.ts';
import type { Connection } from '../connections/connection.ts';
import type { Transaction } from '../database/database.ts';
import { seesWholeTenant, type Caller } from '../http/caller.ts';

/** A connection of somebody who has no calendar that can be written to. */
export interface UselessConnection {
  readonly status: ConnectionStatus;
  readonly accountEmail: string;
  readonly accessProfile: Connection['accessProfile'];
  readonly direction: Connection['direction'];
  readonly calendars: readonly {
    readonly accessRole: Calendar['accessRole'];
    readonly isActive: boolean;
  }[];
}

interface Blame {
  readonly said: string;
  readonly fix: string;
}

/** Why somebody has no calendar to write to, and what helps: a `no-default-calendar`. Accounts are named to those who may see them. */
export async function noDefaultCalendar(tx: Transaction, caller: Caller, userId: Uuid): Promise<DomainError> {
  const [user] = await tx.query<{ name: string }[]>(`SELECT name FROM users WHERE id = $1`, [userId]);
  const connections = await tx.query<UselessConnection[]>(
    `SELECT n.status, n.account_email AS "accountEmail", n.access_profile AS "accessProfile", n.direction,
       coalesce((SELECT jsonb_agg(jsonb_build_object('accessRole', k.access_role, 'isActive', k.is_active) ORDER BY k.id)
         FROM calendars k WHERE k.connection_id = n.id AND k.status = 'active'), '[]'::jsonb) AS calendars
     FROM connections n WHERE n.user_id = $1 AND n.status NOT IN ('pending', 'revoked') ORDER BY n.id`,
    [userId],
  );
  const name = user?.name ?? 'The host';
  const maySeeAccounts = seesWholeTenant(caller) || caller.userId === userId;
  const shown = maySeeAccounts ? connections : connections.map((one) => ({ ...one, accountEmail: `an account of ${name}` }));
  const { detail, ...words } = wordsFor(name, shown);
  return new DomainError('no-default-calendar', detail, words);
}

export function wordsFor(name: string, connections: readonly UselessConnection[]): Required<CaseWords> & { readonly detail: string } {
  if (connections.length === 0) {
    return {
      detail: `${name} has not connected a calendar.`,
      cause: 'The person has connected no calendar, so that there is none to write to.',
      fix: `Have ${name} connect a calendar with the right to write to it, or name a calendar_id of somebody else.`,
      who: 'person',
    };
  }
  const blames = connections.map(blameOf);
  return {
    detail: `${name} has no calendar that can be written to: ${blames.map(({ said }) => said).join('; ')}.`,
    cause: 'The person has connected calendars, but none of them can be written to at present.',
    fix: `${[...new Set(blames.map(({ fix }) => fix))].join(' ')} Or name a calendar_id of somebody else.`,
    who: 'person',
  };
}

function blameOf(connection: UselessConnection): Blame {
  const { status, accountEmail: email, accessProfile, direction, calendars } = connection;
  switch (status) {
    case 'active':
      break;
    case 'expired':
      return {
        said: `${email} has to be connected again`,
        fix: `Reconnect ${email}; calendars, settings and meetings are kept.`,
      };
    case 'error':
      return {
        said: `reaching ${email} fails again and again`,
        fix: `Look at the connection of ${email} for its error; it is still tried.`,
      };
    case 'paused':
      return { said: `the connection of ${email} is paused`, fix: `Resume the connection of ${email}.` };
    case 'pending':
    case 'revoked':
      return { said: `${email} is not connected`, fix: `Connect ${email}.` };
  }
  if (accessProfile !== 'read_write')
    return {
      said: `${email} was connected for reading only`,
      fix: `Allow writing: connect ${email} again with the access profile read_write.`,
    };
  if (direction !== 'two_way')
    return { said: `${email} is set to reading only`, fix: `Allow writing: set the direction of the connection of ${email} to two_way.` };
  if (calendars.length === 0)
    return { said: `the calendars of ${email} are not listed yet`, fix: `Wait until the calendars of ${email} are listed.` };
  const writable = calendars.filter((one) => isWritable({ access_role: one.accessRole, access_profile: accessProfile, direction }));
  if (writable.length === 0)
    return {
      said: `${email} may only read its calendars`,
      fix: `Allow writing: have the owner of a calendar share it with ${email} with the right to change events.`,
    };
  return {
    said: `the calendars of ${email} are switched off or are not to be written to`,
    fix: `Allow writing: switch on a calendar of ${email} and make it one that is written to (active, write_target).`,
  };
}
