import type { Event } from '@daymark/api-contract';

/** How an event is drawn: stripes, dots, outline or line through; the words say the same. */
export interface EventLook {
  readonly title: string;
  readonly className: string;
  /** Said beside the time, so that no pattern speaks alone. */
  readonly words: readonly string[];
}

export function lookOf(event: Event): EventLook {
  const isPrivate = event.title === null || event.visibility === 'private';
  const traits: readonly (readonly [boolean, string, string])[] = [
    [event.status === 'cancelled' || event.deleted, 'is-cancelled', 'cancelled'],
    [event.status === 'tentative', 'is-tentative', 'tentative'],
    [isPrivate, 'is-private', event.title === null ? 'busy only' : 'private'],
    [!event.busy && !isPrivate, 'is-free', 'shown as free'],
    [event.meeting_id !== null, 'is-ours', 'placed by Daymark'],
  ];
  const held = traits.filter(([holds]) => holds);
  return {
    title: event.title ?? 'Private',
    className: held.map(([, name]) => name).join(' '),
    words: held.map(([, , word]) => word),
  };
}

/** One time of an event: of a series each has its own. */
export function keyOf(event: Event): string {
  return event.occurrence_id ?? `${event.id} ${event.start ?? event.start_date ?? ''}`;
}
