import type { QueryRunner } from 'typeorm';

/** A SECURITY DEFINER function: `name(argument type, …) RETURNS …` and its SQL. */
export interface Door {
  readonly signature: string;
  readonly body: string;
}

/** Makes a door: owned by `daymark_doors`, callable by `daymark_system` only. */
export async function createDoor(runner: QueryRunner, { signature, body }: Door): Promise<void> {
  await runner.query(
    `CREATE FUNCTION ${signature} LANGUAGE sql SECURITY DEFINER SET search_path = public, pg_temp AS $door$ ${body} $door$`,
  );
  const call = signature.slice(0, signature.indexOf(' RETURNS'));
  const identity = call.replace(/\b[a-z_]+ (uuid|text|bytea|timestamptz|integer|boolean|jsonb)\b/g, '$1');
  await runner.query(`
    REVOKE ALL ON FUNCTION ${identity} FROM PUBLIC;
    GRANT EXECUTE ON FUNCTION ${identity} TO daymark_system;
    GRANT CREATE ON SCHEMA public TO daymark_doors;
    ALTER FUNCTION ${identity} OWNER TO daymark_doors;
    REVOKE CREATE ON SCHEMA public FROM daymark_doors;
  `);
}
