import { z } from 'zod';

/** One line for people, without control characters. */
export function line(max: number) {
  return z
    .string()
    .trim()
    .min(1, { error: 'is empty' })
    .max(max, { error: `is longer than ${max} characters` })
    .regex(/^\P{Cc}*$/u, { error: 'holds line breaks or other control characters' });
}

/** Text of several lines; of control characters it may hold tabs and line breaks. */
export function text(max: number) {
  return z
    .string()
    .max(max, { error: `is longer than ${max} characters` })
    .regex(/^[\P{Cc}\t\n\r]*$/u, { error: 'holds control characters other than tabs and line breaks' });
}

export const emailField = z.email({ error: 'is not an e-mail address' }).max(254).meta({ example: 'sam@corp.example' });

export const httpUrl = z
  .url({ protocol: /^https?$/, error: 'is not an http or https address' })
  .max(2000)
  .meta({ example: 'https://crm.example/deals/42' });

export const colorField = z
  .string()
  .regex(/^#[0-9a-fA-F]{6}$/, { error: 'is not a colour; write #2456c7' })
  .meta({ example: '#2456c7' });

/** A BCP 47 language tag. */
export const localeField = z
  .string()
  .regex(/^[a-z]{2,3}(-[A-Za-z0-9]{2,8})*$/, { error: 'is not a language tag; write en or pt-BR' })
  .meta({ example: 'en' });
