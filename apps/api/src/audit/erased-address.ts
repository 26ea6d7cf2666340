/** What stands for the address of somebody who was erased, in SQL: of a row with an `id`. No mail can be sent to it. */
export const ERASED_ADDRESS = `'erased-' || id || '@invalid'`;

/** In SQL: that an address in this column is still somebody's. */
export const isAddressKnown = (column: string): string => `${column} NOT LIKE 'erased-%@invalid'`;
