import { z } from 'zod';
import { tenantRoles } from '../access.ts';
import { exampleId, idField, idOut } from '../fields/ids.ts';
import { instantOut, zoneField } from '../fields/times.ts';

export const tenantRole = z.enum(tenantRoles).meta({ id: 'TenantRole' });
export const installationModes = ['demo', 'development', 'production'] as const;
const modeField = z.enum(installationModes);

/** Who is signed in, where, and as what. */
export const session = z
  .object({
    account: z.object({ id: idOut('account'), email: z.string(), name: z.string().nullable() }),
    is_platform: z.boolean().meta({ description: 'May also see and create tenants.' }),
    tenant: z.object({ id: idOut('tenant'), name: z.string(), slug: z.string(), time_zone: zoneField }),
    user: z.object({
      id: idOut('user'),
      name: z.string(),
      email: z.string(),
      time_zone: zoneField.nullable(),
      locale: z.string().nullable(),
    }),
    role: tenantRole,
    tenants: z.array(z.object({ id: idOut('tenant'), name: z.string(), slug: z.string(), role: tenantRole })),
    csrf_token: z.string().meta({ description: 'Sent back as X-CSRF-Token with everything that writes.' }),
    expires_at: instantOut,
    mode: modeField,
    version: z.string(),
    sandbox: z
      .object({ mail_url: z.string(), control_url: z.string().nullable() })
      .nullable()
      .meta({ description: 'In the demo: where its mail can be read.' }),
  })
  .meta({ id: 'Session' });

export const switchTenantIn = z.strictObject({ tenant_id: idField('tenant') }).meta({ id: 'SwitchTenantInput' });

/** What the sign-in page shows. */
export const signInOptions = z
  .object({
    product_name: z.string(),
    mode: modeField,
    providers: z.array(
      z.object({
        id: z.string(),
        name: z.string(),
        label: z.string(),
        url: z.string(),
        icon: z.string(),
        color: z.object({ light: z.string(), dark: z.string() }),
      }),
    ),
    link_hint: z.string().nullable().meta({ description: 'Where a sign-in link is found, when there is such a way.' }),
  })
  .meta({ id: 'SignInOptions' });

export type Session = z.output<typeof session>;
export type SignInOptions = z.output<typeof signInOptions>;

export const sessionExample: Session = {
  account: { id: exampleId('account'), email: 'ada@corp.example', name: 'Ada Example' },
  is_platform: false,
  tenant: { id: exampleId('tenant'), name: 'Corp', slug: 'corp', time_zone: 'Europe/Berlin' as Session['tenant']['time_zone'] },
  user: { id: exampleId('user'), name: 'Ada Example', email: 'ada@corp.example', time_zone: null, locale: 'en' },
  role: 'owner',
  tenants: [{ id: exampleId('tenant'), name: 'Corp', slug: 'corp', role: 'owner' }],
  csrf_token: 'f3b1c0',
  expires_at: '2027-03-07T21:12:03Z',
  mode: 'demo',
  version: '0.1.0',
  sandbox: { mail_url: 'http://localhost:4490/mail', control_url: null },
};

export const signInOptionsExample: SignInOptions = {
  product_name: 'Daymark',
  mode: 'demo',
  providers: [
    {
      id: 'google',
      name: 'Google',
      label: 'Sign in with Google',
      url: '/auth/google',
      icon: '<svg viewBox="0 0 16 16"/>',
      color: { light: '#1a73e8', dark: '#8ab4f8' },
    },
  ],
  link_hint: 'The start banner of the demo shows a sign-in link.',
};
