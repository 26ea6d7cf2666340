import {
  IconBook,
  IconCalendar,
  IconCalendarCheck,
  IconCalendarSearch,
  IconLayoutDashboard,
  IconLink,
  IconPlugConnected,
  IconServer,
} from '@tabler/icons-react';
import { useQuery } from '@tanstack/react-query';
import { Link } from '@tanstack/react-router';
import type { ReactNode } from 'react';
import { overviewQuery } from '../lib/queries/overview.ts';

/** Where one can go; the count is of connections that wait for a person. */
export function ShellNav(): ReactNode {
  const { data } = useQuery(overviewQuery);
  const waiting = data?.needs_you.filter((item) => item.subject.type === 'connection').length ?? 0;
  return (
    <>
      <p className="nav-title" id="nav-operate">
        Operate
      </p>
      <ul aria-labelledby="nav-operate">
        <li>
          <Link to="/" className="nav-link" activeOptions={{ exact: true, includeSearch: false }} title="Overview">
            <IconLayoutDashboard size={16} aria-hidden="true" />
            Overview
          </Link>
        </li>
        <li>
          <Link to="/connections" className="nav-link" activeOptions={{ includeSearch: false }} title="Connections">
            <IconPlugConnected size={16} aria-hidden="true" />
            Connections
            {waiting > 0 && (
              <span className="nav-count" aria-label={`${waiting} need you`}>
                {waiting}
              </span>
            )}
          </Link>
        </li>
        <li>
          <Link to="/setup-links" className="nav-link" activeOptions={{ includeSearch: false }} title="Setup links">
            <IconLink size={16} aria-hidden="true" />
            Setup links
          </Link>
        </li>
        <li>
          <Link to="/events" className="nav-link" activeOptions={{ includeSearch: false }} title="Calendars and events">
            <IconCalendar size={16} aria-hidden="true" />
            Calendars & events
          </Link>
        </li>
        <li>
          <Link to="/meetings" className="nav-link" activeOptions={{ includeSearch: false }} title="Meetings">
            <IconCalendarCheck size={16} aria-hidden="true" />
            Meetings
          </Link>
        </li>
      </ul>
      <p className="nav-title" id="nav-book">
        Build
      </p>
      <ul aria-labelledby="nav-book">
        <li>
          <Link to="/schedule" className="nav-link" activeOptions={{ includeSearch: false }} title="Scheduling assistant">
            <IconCalendarSearch size={16} aria-hidden="true" />
            Scheduling assistant
          </Link>
        </li>
        <li>
          <Link to="/providers" className="nav-link" title="Providers">
            <IconServer size={16} aria-hidden="true" />
            Providers
          </Link>
        </li>
        <li>
          <a href="/docs" className="nav-link" title="API reference">
            <IconBook size={16} aria-hidden="true" />
            API reference
          </a>
        </li>
      </ul>
    </>
  );
}
