import { DomainError } from '@daymark/domain';
import type { StoredConference } from './meeting-row.ts';

/** The calendar that would have to offer an online meeting. */
export interface Offer {
  readonly name: string;
  readonly conferenceTypes: readonly string[];
}

type Asked = { readonly required: boolean } | null;

/** @throws DomainError `conference-unavailable` when one is required and the calendar offers none. */
export function conferenceOf(asked: Asked, offer: Offer | null): StoredConference | null {
  if (asked === null) return null;
  if (offer !== null && offer.conferenceTypes.length > 0)
    return { status: 'pending', platform: null, join_url: null, required: asked.required };
  if (!asked.required) return null;
  throw new DomainError(
    'conference-unavailable',
    offer === null ? 'the meeting is on no calendar that could offer an online meeting' : `${offer.name} offers no online meetings`,
  );
}

/** What becomes of a meeting's conference; undefined stays as it is. */
export interface ConferenceChange {
  readonly stored?: StoredConference | null;
  /** For the placement: ask for one (again), or take it away. */
  readonly wanted?: boolean;
}

/**
 * One that is there or on its way is kept when it is asked for again, one that failed is asked for anew.
 * @throws DomainError `conference-unavailable`
 */
export function changedConference(
  before: StoredConference | null,
  { asked, offer }: { asked: Asked | undefined; offer: Offer | null },
): ConferenceChange {
  if (asked === undefined) return {};
  if (asked === null) return before === null ? {} : { stored: null, wanted: false };
  if (before !== null && before.status !== 'failed') return { stored: { ...before, required: asked.required } };
  const made = conferenceOf(asked, offer);
  return made === null ? {} : { stored: made, wanted: true };
}
