import { schedulingLimits } from '@daymark/domain';
import { integer } from './lists.ts';

/** A whole number within the limits that the domain sets for a scheduling setting. */
export function within(setting: keyof typeof schedulingLimits) {
  const { min, max } = schedulingLimits[setting];
  return integer(min, max);
}
