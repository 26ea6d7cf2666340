import type { Request } from 'express';

/** A form body that express has read, repeated fields kept. */
export function formOf(request: Request): URLSearchParams {
  const form = new URLSearchParams();
  const body: unknown = request.body;
  for (const [name, value] of Object.entries(typeof body === 'object' && body !== null ? body : {})) {
    for (const part of Array.isArray(value) ? (value as unknown[]) : [value]) if (typeof part === 'string') form.append(name, part);
  }
  return form;
}

/** A client's id and secret from the Authorization header. */
export function basicCredentials(request: Request): { id: string; secret: string } | null {
  const encoded = /^Basic (.+)$/i.exec(request.get('authorization') ?? '')?.[1];
  if (encoded === undefined) return null;
  const [id = '', secret = ''] = Buffer.from(encoded, 'base64').toString('utf8').split(':').map(decodeURIComponent);
  return { id, secret };
}
