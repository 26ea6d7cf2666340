import type { Session } from '@daymark/api-contract';
import { ActionIcon } from '@mantine/core';
import { useDisclosure } from '@mantine/hooks';
import { IconBuilding, IconMenu2, IconSelector } from '@tabler/icons-react';
import { useQuery } from '@tanstack/react-query';
import { Link, Outlet, useRouterState } from '@tanstack/react-router';
import type { ReactNode } from 'react';
import { Suspense, lazy, useEffect } from 'react';
import { Logo } from '../components/logo.tsx';
import { useNow } from '../lib/clock.tsx';
import { zoneName } from '../lib/format-time.ts';
import { sessionQuery } from '../lib/queries/session.ts';
import type { ZoneChoice } from '../lib/zone.tsx';
import { useZoneState } from '../lib/zone.tsx';
import { ShellMenu } from './shell-menu.tsx';
import { ShellNav } from './shell-nav.tsx';

const TenantMenu = lazy(() => import('./tenant-menu.tsx').then(({ Component }) => ({ default: Component })));
const UserMenu = lazy(() => import('./user-menu.tsx').then(({ Component }) => ({ default: Component })));
const NavSheet = lazy(() => import('./nav-sheet.tsx').then(({ Component }) => ({ default: Component })));

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
      <Suspense fallback={null}>
        <NavSheet isOpen={isSheetOpen} onClose={sheet.close} title={<Brand />}>
          <nav aria-label="Main">
            <ShellNav />
          </nav>
          {foot}
        </NavSheet>
      </Suspense>
      <div>
        <header className="top">
          <ActionIcon className="burger" size={36} aria-label="Open menu" onClick={sheet.open}>
            <IconMenu2 size={18} aria-hidden="true" />
          </ActionIcon>
          {session !== undefined && <TenantButton session={session} />}
          <span className="grow no-phone" />
          {session?.mode !== undefined && session.mode !== 'production' && <span className="mode no-phone">{session.mode}</span>}
          <ZoneSwitch />
          {session !== undefined && <UserButton session={session} />}
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

function TenantButton({ session }: { readonly session: Session }): ReactNode {
  const name = (
    <>
      <IconBuilding size={16} aria-hidden="true" />
      <span className="cut">{session.tenant.name}</span>
    </>
  );
  if (session.tenants.length < 2) return <span className="tenant">{name}</span>;
  const target = (
    <button type="button" className="plain-button tenant" aria-label={`Tenant: ${session.tenant.name}`}>
      {name}
      <IconSelector size={14} aria-hidden="true" />
    </button>
  );
  return <ShellMenu menu={TenantMenu} session={session} target={target} />;
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

function UserButton({ session }: { readonly session: Session }): ReactNode {
  const name = session.user.name || session.account.email;
  const target = (
    <button type="button" className="avatar">
      {initials(name)} <span className="unseen">{name}, account menu</span>
    </button>
  );
  return <ShellMenu menu={UserMenu} session={session} target={target} />;
}

function initials(name: string): string {
  const words = name.split(/[\s.@]+/).filter((word) => word !== '');
  return (words.length > 1 ? `${words[0]?.[0] ?? ''}${words[1]?.[0] ?? ''}` : name.slice(0, 2)).toUpperCase();
}
