import { DomainError, isSyncable } from '@daymark/domain';
import { isWritable } from '../calendars/calendar-view.ts';
import type { Calendar } from '../calendars/calendar.ts';
import type { Connection } from '../connections/connection.ts';

type Target = Pick<Calendar, 'name' | 'status' | 'isActive' | 'accessRole'>;
type Reached = Pick<Connection, 'status' | 'accountEmail' | 'accessProfile' | 'direction'>;

/** Why nothing can be written to a calendar, known without asking the provider; null when it can. */
export function writeRefusal(calendar: Target, connection: Reached): DomainError | null {
  if (calendar.status === 'removed') return new DomainError('calendar-removed', `${calendar.name} is no longer at the provider`);
  if (!calendar.isActive) return new DomainError('calendar-inactive', `${calendar.name} is switched off`);
  if (connection.status === 'expired')
    return new DomainError('reauthorization-required', `${connection.accountEmail} has to be connected again`);
  if (!isSyncable(connection.status))
    return new DomainError('connection-not-active', `the connection of ${connection.accountEmail} is ${connection.status}`);
  const isOpen = isWritable({
    access_role: calendar.accessRole,
    access_profile: connection.accessProfile,
    direction: connection.direction,
  });
  return isOpen ? null : new DomainError('calendar-read-only', `${calendar.name} cannot be written to`);
}
