import type { ConnectionAccess } from '@daymark/provider-contract';
import { z } from 'zod';
import type { AcmeSettings } from './acme-options.ts';

/** What a call needs: the host's client, clock and credentials, and where the service is. */
export interface AcmeConnection {
  readonly access: ConnectionAccess;
  readonly settings: AcmeSettings;
}

/** Answers of the service: only fields that are read, all of them loose. This one is RFC 6749 §5.1. */
export const tokenAnswer = z.looseObject({
  access_token: z.string().min(1),
  /** Seconds. */
  expires_in: z.number(),
  refresh_token: z.string().nullish(),
  scope: z.string().nullish(),
});
