import { z } from 'zod';
import { needs, open } from '../access.ts';
import { exampleId, idField, idParam } from '../fields/ids.ts';
import { pageOf, pageQuery, queryList, wholePage } from '../fields/lists.ts';
import { operation } from '../operation.ts';
import {
  createdSetupLink,
  createdSetupLinkExample,
  setupAuthorization,
  setupAuthorizationExample,
  setupAuthorizeIn,
  setupInvitation,
  setupInvitationExample,
  setupLink,
  setupLinkCreate,
  setupLinkExample,
  setupLinkStatus,
  setupToken,
} from '../resources/setup-link.ts';

const params = z.object({ setup_link_id: idParam('setupLink') });
const paramsExample = { setup_link_id: exampleId('setupLink') };
const read = { tag: 'Setup links', access: needs('connections:read', 'admin'), isIdempotent: false } as const;
const write = { tag: 'Setup links', access: needs('connections:write', 'admin') } as const;
const visit = { tag: 'Setup links', access: open, isIdempotent: false, method: 'post', status: 200 } as const;

export const setupLinkOperations = {
  listSetupLinks: operation({
    ...read,
    id: 'listSetupLinks',
    method: 'get',
    path: '/v1/setup-links',
    summary: 'Setup links of the tenant, newest first',
    query: z.strictObject({ ...pageQuery, status: queryList(setupLinkStatus).optional(), user_id: idField('user').optional() }),
    status: 200,
    response: pageOf(setupLink).meta({ id: 'SetupLinkPage' }),
    problems: ['cursor-invalid'],
    example: { query: { status: ['open'] }, response: wholePage(setupLinkExample) },
  }),
  createSetupLink: operation({
    ...write,
    isIdempotent: true,
    id: 'createSetupLink',
    method: 'post',
    path: '/v1/setup-links',
    summary: 'A link with which a person connects a calendar without signing in here',
    description:
      'Works until an account was connected with it, or it ends. An open link for the same person and provider is replaced. With a provider the connection is there at once, as pending.',
    body: setupLinkCreate,
    status: 201,
    response: createdSetupLink,
    problems: ['provider-not-configured', 'connection-limit'],
    example: { body: { user_id: exampleId('user'), provider: 'google', send_mail: true }, response: createdSetupLinkExample },
  }),
  getSetupLink: operation({
    ...read,
    id: 'getSetupLink',
    method: 'get',
    path: '/v1/setup-links/{setup_link_id}',
    summary: 'One setup link',
    params,
    status: 200,
    response: setupLink,
    problems: [],
    example: { params: paramsExample, response: setupLinkExample },
  }),
  revokeSetupLink: operation({
    ...write,
    isIdempotent: false,
    id: 'revokeSetupLink',
    method: 'delete',
    path: '/v1/setup-links/{setup_link_id}',
    summary: 'Take a setup link back',
    description: 'Of a link that has ended nothing changes: what was connected with it stays connected.',
    params,
    status: 200,
    response: setupLink,
    problems: [],
    example: { params: paramsExample, response: { ...setupLinkExample, status: 'revoked', ended_at: '2027-03-08T10:00:00Z' } },
  }),
  openSetupLink: operation({
    ...visit,
    id: 'openSetupLink',
    path: '/v1/setup/open',
    summary: 'What the holder of a setup link is asked; for the page that it leads to',
    body: setupToken,
    response: setupInvitation,
    problems: ['setup-link-unknown', 'setup-link-ended', 'tenant-suspended', 'rate-limited'],
    example: { body: { token: 'q3X9' }, response: setupInvitationExample },
  }),
  authorizeSetupLink: operation({
    ...visit,
    id: 'authorizeSetupLink',
    path: '/v1/setup/authorize',
    summary: 'Where the holder of a setup link gives consent',
    description: 'The consent has to end in the browser that asked, within ten minutes; it may be begun again as long as the link is open.',
    body: setupAuthorizeIn,
    response: setupAuthorization,
    problems: ['setup-link-unknown', 'setup-link-ended', 'tenant-suspended', 'provider-not-configured', 'connection-limit', 'rate-limited'],
    example: { body: { token: 'q3X9', provider: 'google' }, response: setupAuthorizationExample },
  }),
};
