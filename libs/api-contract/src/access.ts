/** Roles within a tenant, most powerful first; `platform` belongs to the operator of the installation and stands apart. */
export const tenantRoles = ['owner', 'admin', 'member', 'viewer'] as const;
export type TenantRole = (typeof tenantRoles)[number];

export const roles = ['platform', ...tenantRoles] as const;
export type Role = (typeof roles)[number];

/** Whether somebody with the role may do what needs at least the other; platform may do everything. */
export function hasRole(role: Role, least: Role): boolean {
  return roles.indexOf(role) <= roles.indexOf(least);
}

/** What an API key may be allowed to do; sessions of people have every scope that their role allows. */
export const scopes = [
  'connections:read',
  'connections:write',
  'calendars:read',
  'calendars:write',
  'events:read',
  'events:write',
  'changes:read',
  'availability:read',
  'schedules:read',
  'schedules:write',
  'meetings:read',
  'meetings:write',
  'sync:read',
  'sync:write',
  'users:read',
  'users:write',
  'resources:read',
  'resources:write',
  'settings:read',
  'settings:write',
  'keys:read',
  'keys:write',
  'audit:read',
  'insights:read',
  'privacy:write',
  'tenants:read',
  'tenants:write',
] as const;
export type Scope = (typeof scopes)[number];

/** Who may call an operation; `session` means a person in a browser, signed in by cookie. */
export type Access =
  { readonly kind: 'public' } | { readonly kind: 'session' } | { readonly kind: 'credential'; readonly scope: Scope; readonly role: Role };

export const open: Access = { kind: 'public' };

/** An API key with the scope, or a session; either with at least the role. */
export function needs(scope: Scope, role: Role): Access {
  return { kind: 'credential', scope, role };
}
