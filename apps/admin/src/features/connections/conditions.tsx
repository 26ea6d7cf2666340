import type { Connection } from '@daymark/api-contract';
import type { ReactNode } from 'react';
import { useNow } from '../../lib/clock.tsx';
import { absolute } from '../../lib/format-time.ts';
import { useZone } from '../../lib/zone.tsx';
import { conditionName } from './attention.ts';

interface ConditionsProps {
  readonly conditions: Connection['conditions'];
  /** `traits`: how it works. `troubles`: what the reason beside it is about. */
  readonly only?: 'traits' | 'troubles';
}

/** What holds besides the status, as outlined chips; the sentence is in the title. */
export function Conditions({ conditions, only }: ConditionsProps): ReactNode {
  const now = useNow();
  const zone = useZone();
  const shown = conditions.filter((one) => only === undefined || isTrait(one) === (only === 'traits'));
  return shown.map(({ condition, text, until }) => (
    <span key={condition} className="condition" title={text}>
      {conditionName(condition)}
      {until !== null && ` until ${absolute(Date.parse(until), zone, now)}`}
    </span>
  ));
}

function isTrait({ condition }: Connection['conditions'][number]): boolean {
  return condition === 'polling' || condition === 'read-only';
}
