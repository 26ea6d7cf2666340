import type { NewMicrosoftPerson } from './microsoft-add-person.ts';
import { addPerson } from './microsoft-add-person.ts';
import type { MicrosoftAccess } from './microsoft-sandbox-access.ts';
import { createMicrosoftAccess } from './microsoft-sandbox-access.ts';
import type { MicrosoftPerson } from './microsoft-state.ts';
import { emptyMicrosoftState } from './microsoft-state.ts';
import type { MicrosoftWorld } from './microsoft-world.ts';

/** State access for tests and the control API: seeds, edits as a person, and the faults that are state. */
export interface MicrosoftSandbox extends MicrosoftAccess {
  addPerson(person: NewMicrosoftPerson): MicrosoftPerson;
  people(): readonly MicrosoftPerson[];
  /** Forgets everything but the signing key and the clients. */
  reset(): void;
}

export function createMicrosoftSandbox(world: MicrosoftWorld): MicrosoftSandbox {
  return {
    ...createMicrosoftAccess(world),
    addPerson: (person) => addPerson(world, person),
    people: () => [...world.state.people.values()],
    reset: () => {
      const { signingKey, clients, lastVersion } = world.state;
      Object.assign(world.state, emptyMicrosoftState(), { signingKey, clients, lastVersion });
      world.touch();
    },
  };
}
