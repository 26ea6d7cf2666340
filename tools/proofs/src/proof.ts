import type { Checks } from './checks.ts';

export interface ProofSettings {
  /** Where chance begins. */
  readonly seed: number;
  /** How often something is killed. */
  readonly kills: number;
  /** How often a worker is paused in a run. */
  readonly pauses: number;
  /** How often a race is run. */
  readonly rounds: number;
}

/** Runs against an installation of its own and says what holds. */
export type Proof = (checks: Checks, settings: ProofSettings) => Promise<void>;
