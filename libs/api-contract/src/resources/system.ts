import { z } from 'zod';

export const health = z.object({ status: z.literal('ok') }).meta({ id: 'Health' });

export const readiness = z
  .object({
    status: z.enum(['ok', 'error']),
    checks: z.record(z.string(), z.object({ status: z.enum(['up', 'down']), message: z.string().optional() })),
  })
  .meta({ id: 'Readiness' });
