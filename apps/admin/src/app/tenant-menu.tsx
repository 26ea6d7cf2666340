import { Menu } from '@mantine/core';
import { IconCheck } from '@tabler/icons-react';
import { useQueryClient } from '@tanstack/react-query';
import { useRouter } from '@tanstack/react-router';
import type { ReactNode } from 'react';
import { goOnInTenant } from '../lib/queries/session.ts';
import type { ShellMenuProps } from './shell-menu.tsx';

/** The tenants of whoever is signed in, to go on in another one. */
export function Component({ session, target, startsOpen }: ShellMenuProps): ReactNode {
  const queryClient = useQueryClient();
  const router = useRouter();
  const change = async (id: string): Promise<void> => {
    await goOnInTenant(id);
    await router.navigate({ to: '/' });
    await queryClient.resetQueries();
  };
  return (
    <Menu position="bottom-start" defaultOpened={startsOpen}>
      <Menu.Target>{target}</Menu.Target>
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
