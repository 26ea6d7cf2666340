import { ActionIcon, Drawer, Menu, useMantineColorScheme } from '@mantine/core';
import { useDisclosure } from '@mantine/hooks';
import { IconBuilding, IconCheck, IconMenu2, IconSelector } from '@tabler/icons-react';
import { useQuery, useQueryClient } from '@tanstack/react-query';
import { Link, Outlet, useNavigate, useRouter, useRouterState } from '@tanstack/react-router';
import type { ReactNode } from 'react';
import { useEffect } from 'react';
import { Logo } from '../components/logo.tsx';
import { useNow } from '../lib/clock.tsx';
import { zoneName } from '../lib/format-time.ts';
import { goOnInTenant, sessionQuery, signOut } from '../lib/queries/session.ts';
import type { ZoneChoice } from '../lib/zone.tsx';
import { useZoneState } from '../lib/zone.tsx';
import { ShellNav } from './shell-nav.tsx';

/** Rail, top bar and the page. */
export function Shell(): ReactNode {
  const { data: session } = useQuery(sessionQuery);
  const { setTenantZone } = useZoneState();
  const [isSheetOpen, sheet] = useDisclosure(false);
  const path = useRouterState({ select: (state) => state.location.pathname });
  const tenantZone = session?.tenant.time_zone;
  useEffect(() => {
    if (tenantZone !== undefined) setTenantZone(tenantZone);
  }, [tenantZone, setTenantZone]);
  const closeSheet = sheet.close;
  useEffect(() => closeSheet(), [path, closeSheet]);
  const foot = session === undefined ? null : <Foot version={session.version} mode={session.mode} />;

  return (
    <div className="shell">
      <a className="skip" href="#page">
        Skip to the page
      </a>
      <nav className="rail" aria-label="Main">
        <Brand />
        <ShellNav />
        {foot}
      </nav>
      <Drawer
        opened={isSheetOpen}
        onClose={sheet.close}
        size={288}
        title={<Brand />}
        closeButtonProps={{ 'aria-label': 'Close menu' }}
        classNames={{ body: 'nav-sheet' }}
      >
        <nav aria-label="Main">
          <ShellNav />
        </nav>
        {foot}
      </Drawer>
      <div>
        <header className="top">
          <ActionIcon className="burger" size={36} aria-label="Open menu" onClick={sheet.open}>
            <IconMenu2 size={18} aria-hidden="true" />
          </ActionIcon>
          <TenantMenu />
          <span className="grow no-phone" />
          {session?.mode !== undefined && session.mode !== 'production' && <span className="mode no-phone">{session.mode}</span>}
          <ZoneSwitch />
          <UserMenu />
        </header>
        <main className="page" id="page" tabIndex={-1}>
          <Outlet />
        </main>
      </div>
    </div>
  );
}

function Brand(): ReactNode {
  return (
    <Link to="/" className="brand" aria-label="Daymark, overview">
      <Logo size={18} />
      Daymark
    </Link>
  );
}

function Foot({ version, mode }: { readonly version: string; readonly mode: string }): ReactNode {
  return (
    <p className="rail-foot">
      Daymark {version}
      <br />
      {mode}, {window.location.host}
    </p>
  );
}

function TenantMenu(): ReactNode {
  const { data: session } = useQuery(sessionQuery);
  const queryClient = useQueryClient();
  const router = useRouter();
  if (session === undefined) return null;
  const name = (
    <>
      <IconBuilding size={16} aria-hidden="true" />
      <span className="cut">{session.tenant.name}</span>
    </>
  );
  if (session.tenants.length < 2) return <span className="tenant">{name}</span>;
  const change = async (id: string): Promise<void> => {
    await goOnInTenant(id);
    await router.navigate({ to: '/' });
    await queryClient.resetQueries();
  };
  return (
    <Menu position="bottom-start">
      <Menu.Target>
        <button type="button" className="plain-button tenant" aria-label={`Tenant: ${session.tenant.name}`}>
          {name}
          <IconSelector size={14} aria-hidden="true" />
        </button>
      </Menu.Target>
      <Menu.Dropdown>
        {session.tenants.map((tenant) => (
          <Menu.Item
            key={tenant.id}
            onClick={() => void change(tenant.id)}
            rightSection={tenant.id === session.tenant.id && <IconCheck size={14} aria-label="current" />}
          >
            {tenant.name} <span className="dim">{tenant.role}</span>
          </Menu.Item>
        ))}
      </Menu.Dropdown>
    </Menu>
  );
}

function ZoneSwitch(): ReactNode {
  const { choice, choose, viewer, tenant } = useZoneState();
  const now = useNow();
  const choices: readonly { readonly id: ZoneChoice; readonly label: string; readonly title: string }[] = [
    { id: 'viewer', label: zoneName(now, viewer), title: `Your zone, ${viewer}` },
    { id: 'tenant', label: 'Tenant', title: `The zone of the tenant, ${tenant}` },
    { id: 'utc', label: 'UTC', title: 'UTC' },
  ];
  return (
    <span className="seg" role="group" aria-label="Show times in">
      {choices
        .filter(({ id, label }) => id !== 'viewer' || label !== 'UTC')
        .map(({ id, label, title }) => (
          <button
            key={id}
            type="button"
            title={title}
            className={id === 'tenant' ? 'no-phone' : undefined}
            aria-pressed={choice === id || (id === 'utc' && choice === 'viewer' && viewer === 'UTC')}
            onClick={() => choose(id)}
          >
            {label}
          </button>
        ))}
    </span>
  );
}

const schemes = [
  { value: 'auto', label: 'Like the system' },
  { value: 'light', label: 'Light' },
  { value: 'dark', label: 'Dark' },
] as const;

function UserMenu(): ReactNode {
  const { data: session } = useQuery(sessionQuery);
  const { colorScheme, setColorScheme } = useMantineColorScheme();
  const navigate = useNavigate();
  const queryClient = useQueryClient();
  if (session === undefined) return null;
  const name = session.user.name || session.account.email;
  const leave = async (): Promise<void> => {
    await signOut();
    queryClient.clear();
    await navigate({ to: '/sign-in' });
  };
  return (
    <Menu position="bottom-end" width={232}>
      <Menu.Target>
        <button type="button" className="avatar">
          {initials(name)} <span className="unseen">{name}, account menu</span>
        </button>
      </Menu.Target>
      <Menu.Dropdown>
        <Menu.Label>
          {name}, {session.role}
          <br />
          {session.account.email}
        </Menu.Label>
        <Menu.Divider />
        <Menu.Label>Colours</Menu.Label>
        {schemes.map(({ value, label }) => (
          <Menu.Item
            key={value}
            onClick={() => setColorScheme(value)}
            rightSection={colorScheme === value && <IconCheck size={14} aria-label="chosen" />}
          >
            {label}
          </Menu.Item>
        ))}
        <Menu.Divider />
        {session.sandbox !== null && (
          <Menu.Item component="a" href={session.sandbox.mail_url} target="_blank" rel="noreferrer">
            Mail of the demo
          </Menu.Item>
        )}
        <Menu.Item onClick={() => void leave()}>Sign out</Menu.Item>
      </Menu.Dropdown>
    </Menu>
  );
}

function initials(name: string): string {
  const words = name.split(/[\s.@]+/).filter((word) => word !== '');
  return (words.length > 1 ? `${words[0]?.[0] ?? ''}${words[1]?.[0] ?? ''}` : name.slice(0, 2)).toUpperCase();
}
