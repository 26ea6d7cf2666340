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
  const identity = identityOf(signature);
  await runner.query(`
    REVOKE ALL ON FUNCTION ${identity} FROM PUBLIC;
    GRANT EXECUTE ON FUNCTION ${identity} TO daymark_system;
    GRANT CREATE ON SCHEMA public TO daymark_doors;
    ALTER FUNCTION ${identity} OWNER TO daymark_doors;
    REVOKE CREATE ON SCHEMA public FROM daymark_doors;
  `);
}

/** Takes a door away, so that another one with its name can be made; only its owner may. */
export async function dropDoor(runner: QueryRunner, { signature }: Pick<Door, 'signature'>): Promise<void> {
  await runner.query(`
    SET LOCAL ROLE daymark_doors;
    DROP FUNCTION ${identityOf(signature)};
    RESET ROLE;
  `);
}

/** As PostgreSQL tells functions apart: the name and the types of the arguments. */
function identityOf(signature: string): string {
  const call = signature.slice(0, signature.indexOf(' RETURNS'));
  return call.replace(/\b[a-z_]+ (uuid|text|bytea|timestamptz|integer|boolean|jsonb)\b/g, '$1');
}
