import type { ReactNode } from 'react';
import { useNow } from '../lib/clock.tsx';
import { absolute, relative, span } from '../lib/format-time.ts';
import { useZone } from '../lib/zone.tsx';

interface TimeProps {
  /** RFC 3339. */
  readonly at: string;
  /** `both`: "3 h ago 11:02 CET". `clock`: "11:02 CET (3 h ago)". The others show one and keep the other in the title. */
  readonly show?: 'both' | 'clock' | 'relative' | 'absolute';
}

/** A moment, always with its zone beside it or one hover away. */
export function Time({ at, show = 'both' }: TimeProps): ReactNode {
  const now = useNow();
  const zone = useZone();
  const moment = Date.parse(at);
  const near = relative(moment, now);
  const exact = absolute(moment, zone, now);
  return (
    <time dateTime={at} title={show === 'absolute' ? near : `${exact} (${zone})`}>
      {show === 'relative' && near}
      {show === 'absolute' && exact}
      {show === 'both' && (
        <>
          {near} <span className="dim">{exact}</span>
        </>
      )}
      {show === 'clock' && (
        <>
          {exact} <span className="dim">({near})</span>
        </>
      )}
    </time>
  );
}

/** From when to when, in the zone that is shown. */
export function TimeSpan({ start, end }: { readonly start: string; readonly end: string }): ReactNode {
  const now = useNow();
  const zone = useZone();
  return (
    <time dateTime={`${start}/${end}`} title={zone}>
      {span(Date.parse(start), Date.parse(end), zone, now)}
    </time>
  );
}
