import { Controller, Req, Res } from '@nestjs/common';
import { operations } from '@daymark/api-contract';
import type { PushDelivery } from '@daymark/provider-contract';
import type { Request, Response } from 'express';
import { Mount } from '../http/mount.decorator.ts';
import { NoticesService } from './notices.service.ts';

/** Where services tell of changes. */
@Controller()
export class IngressController {
  constructor(private readonly notices: NoticesService) {}

  @Mount(operations.receiveNotice)
  async receive(@Req() request: Request, @Res() response: Response): Promise<void> {
    const { provider = '', channel_id: channel = '' } = request.params as Record<string, string | undefined>;
    const { status, text } = await this.notices.receive(deliveryOf(request), { provider, channel });
    response
      .status(status)
      .type('text/plain')
      .send(text ?? '');
  }
}

function deliveryOf({ headers, query, body }: Request): PushDelivery {
  return { headers: singles(headers), query: singles(query), body: typeof body === 'string' ? body : '' };
}

/** What is given twice means nothing to any service. */
function singles(fields: Readonly<Record<string, unknown>>): Record<string, string | undefined> {
  return Object.fromEntries(Object.entries(fields).map(([name, value]) => [name, typeof value === 'string' ? value : undefined]));
}
