import { Column, type ColumnOptions } from 'typeorm';
import { instant, type Instant } from '@daymark/domain';

const instantTransformer = {
  to: (value: Instant | null | undefined) => (value === null || value === undefined ? value : new Date(value)),
  from: (value: Date | null) => (value === null ? null : instant(value.getTime())),
};

/** A `timestamptz` that is an Instant in code. */
export function InstantColumn(options: ColumnOptions = {}): PropertyDecorator {
  return Column({ type: 'timestamptz', transformer: instantTransformer, ...options });
}

/** A bigint that fits a safe integer. */
export function CountColumn(options: ColumnOptions = {}): PropertyDecorator {
  return Column({ type: 'bigint', transformer: { to: (value: number) => value, from: Number }, ...options });
}

/** A `timestamptz` read by plain SQL. */
export function toInstant(value: Date): Instant;
export function toInstant(value: Date | null): Instant | null;
export function toInstant(value: Date | null): Instant | null {
  return value === null ? null : instant(value.getTime());
}

/** A query parameter for a `timestamptz`. */
export function toTimestamp(at: Instant): Date;
export function toTimestamp(at: Instant | null): Date | null;
export function toTimestamp(at: Instant | null): Date | null {
  return at === null ? null : new Date(at);
}
