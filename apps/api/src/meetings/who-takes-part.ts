import { DomainError, type Uuid } from '@daymark/domain';
import type { Slot } from '@daymark/scheduling';
import type { BookableUser } from '../availability/members.repository.ts';
import { slotRequest, type Prepared } from '../availability/question.ts';
import type { KnownMember, TimeOfPeople } from '../availability/time-of-people.ts';

/** Who takes part in a booking, of those who were asked about, in the order of the request. */

/** A calendar or an address by itself can be asked about, but nobody's time is claimed by it. */
export function refuseUnclaimable(members: readonly KnownMember[]): void {
  const other = members.find(({ resourceId }) => resourceId === null);
  if (other === undefined) return;
  const message = `${other.wireId} is no user and no room, so its time cannot be claimed`;
  throw new DomainError('validation-failed', 'Only people of the tenant and rooms can be booked.', {
    errors: [{ pointer: '/participants', message }],
  });
}

/** As they were asked for, but the owner of the calendar that holds the event first: who organises it. */
export function inOrder(hosts: readonly BookableUser[], organizerId: Uuid): readonly BookableUser[] {
  const isOrganizer = ({ userId }: BookableUser): boolean => userId === organizerId;
  return [...hosts.filter(isOrganizer), ...hosts.filter((one) => !isOrganizer(one))];
}

/** Everybody who is taken for a slot, once. */
export function membersOf(slot: Slot, time: TimeOfPeople): KnownMember[] {
  const ids = new Set(slot.groups.flatMap(({ members }) => members));
  return time.members.filter(({ wireId }) => ids.has(wireId));
}

/** Per group the first free ones, as many as it needs. */
export function freeMembers(prepared: Prepared, time: TimeOfPeople, blocked: ReadonlySet<string>): KnownMember[] {
  const request = slotRequest(prepared, time);
  const ids = new Set(
    request.groups.flatMap(({ required, members }) =>
      members.filter((id) => !blocked.has(id)).slice(0, required === 'all' ? members.length : required),
    ),
  );
  return time.members.filter(({ wireId }) => ids.has(wireId));
}
