import type { Sandbox } from '../start-sandbox.ts';
import { startSandbox } from '../start-sandbox.ts';

export const MICROSOFT_CLIENT = {
  id: '11111111-2222-4333-8444-555555555555',
  secrets: ['secret-1'],
  redirectUris: ['http://127.0.0.1:9/callback'],
};
export const NOW = '2026-11-20T08:00:00Z';

/** Ada (Berlin) and Leo (New York) of one organization, Rosa of another, Kim with a personal account; time stands at NOW. */
export async function startMicrosoftSandbox(): Promise<Sandbox> {
  const sandbox = await startSandbox({ clock: { now: () => Date.parse(NOW) }, microsoftClients: [MICROSOFT_CLIENT] });
  const { microsoft } = sandbox;
  microsoft.addPerson({
    email: 'ada@acme.example',
    name: 'Ada Lindqvist',
    timeZone: 'W. Europe Standard Time',
    aliases: ['a.lindqvist@acme.example'],
    isAdmin: true,
  });
  microsoft.addPerson({ email: 'leo@acme.example', name: 'Leo Martens', timeZone: 'America/New_York' });
  microsoft.addPerson({ email: 'rosa@globex.example', name: 'Rosa Almeida', timeZone: 'E. South America Standard Time' });
  microsoft.addPerson({ email: 'kim@outlook.com', name: 'Kim Berg', timeZone: 'UTC' });
  return sandbox;
}
