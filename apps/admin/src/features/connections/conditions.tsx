import type { Connection } from '@daymark/api-contract';
import type { ReactNode } from 'react';
import { useNow } from '../../lib/clock.tsx';
import { absolute } from '../../lib/format-time.ts';
import { useZone } from '../../lib/zone.tsx';
import { conditionName } from './attention.ts';

/** What holds besides the status, as outlined chips; the sentence is in the title. */
export function Conditions({ conditions }: { readonly conditions: Connection['conditions'] }): ReactNode {
  const now = useNow();
  const zone = useZone();
  return conditions.map(({ condition, text, until }) => (
    <span key={condition} className="condition" title={text}>
      {conditionName(condition)}
      {until !== null && ` until ${absolute(Date.parse(until), zone, now)}`}
    </span>
  ));
}
