/**
 * At most `at_most` rows over all tenants, each tenant's first before anybody's second, so that the backlog of
 * one delays nobody else. `rows` selects `id` and `due` of the tenant `t`, earliest first; it is asked once a
 * tenant and has to find them by an index that begins with the tenant.
 */
export function inTurn(rows: string): string {
  return `
    SELECT t.id, d.id FROM tenants t
    CROSS JOIN LATERAL (
      SELECT own.id, own.due, row_number() OVER (ORDER BY own.due NULLS FIRST) AS place FROM (${rows} ORDER BY due NULLS FIRST LIMIT at_most) own
    ) d
    ORDER BY d.place, d.due NULLS FIRST LIMIT at_most`;
}

/** As {@link inTurn}, where the earliest can be told by an index alone: what is due always has a time. */
export function inTurnByIndex(rows: string): string {
  return inTurn(rows).replaceAll(' NULLS FIRST', '');
}
