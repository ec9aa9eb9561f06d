/** Tables of a device for who reads, stores or shows them. */
export { readBy } from "./read-by.ts"
export type { Column, Columns, ColumnType, ColumnUnit, Table } from "./table.ts"
export { TABLE_NAMES, TABLES, type TableName, tableOf } from "./tables.ts"
