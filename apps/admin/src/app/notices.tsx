import { Notifications } from '@mantine/notifications';
import '@mantine/notifications/styles.css';
import type { ReactNode } from 'react';

/** Where short messages appear; loaded after the first paint. */
export function Notices(): ReactNode {
  return <Notifications position="bottom-right" autoClose={5000} />;
}
