/** Tables of a device: neighbours, PPP sessions, leases and others. Times in epoch ms. */
import { TABLE_NAMES, type TableName } from "@ispvm/wire/tables"
import { z } from "zod"
import { EpochMs, Line } from "./shared.ts"

export type { TableName }

export const TableParams = z.strictObject({ id: z.uuid(), table: z.enum(TABLE_NAMES) })
export const TableQuery = z.strictObject({
  search: Line(120).optional(),
  cursor: z.string().max(600).optional(),
  limit: z.coerce.number().int().min(1).max(1_000).default(200),
  /** `all`: also rows that are gone. */
  show: z.enum(["present", "all"]).default("present"),
})
export const TableRow = z.object({
  key: z.string(),
  source: z.string(),
  values: z.record(z.string(), z.union([z.string(), z.number(), z.boolean()])),
  firstSeenAtMs: EpochMs,
  changedAtMs: EpochMs,
  goneAtMs: EpochMs.nullable(),
})
export type TableRow = z.infer<typeof TableRow>
/** When a source last reported the table, and how many rows it has. */
export const TableSource = z.object({
  source: z.string(),
  atMs: EpochMs,
  fullAtMs: EpochMs.nullable(),
  reported: z.int(),
  stored: z.int(),
  /** An item was lost: the rows are complete again with the next snapshot. */
  differsSinceMs: EpochMs.nullable(),
})
/** `GET /devices/{id}/tables`: every table, and who has reported it. */
export const TableSummary = z.object({
  table: z.string(),
  title: z.string(),
  /** What the collector reads that reads this table, such as `bgp` of `routeros-api.bgp`. */
  readBy: z.string(),
  sources: z.array(TableSource),
})
export type TableSummary = z.infer<typeof TableSummary>
export const TableAnswer = z.object({
  table: z.string(),
  title: z.string(),
  columns: z.array(
    z.object({
      name: z.string(),
      title: z.string(),
      type: z.string(),
      unit: z.string().nullable(),
    }),
  ),
  items: z.array(TableRow),
  next: z.string().nullable(),
  sources: z.array(TableSource),
})
export type TableAnswer = z.infer<typeof TableAnswer>

/** A section of the configuration: its hash, never its content. */
export const ConfigurationSection = z.object({
  /** As RouterOS names the menu, such as `ip firewall filter`. */
  section: z.string(),
  source: z.string(),
  /** read, cut, skipped, forbidden, failed or not-reached. */
  state: z.string(),
  /** HMAC-SHA-256 with a key of the organisation; null: it could not be read. */
  hash: z.string().nullable(),
  rows: z.int().nullable(),
  /** hashed, not-shown or not-requested; null: the section has no secrets. */
  secrets: z.string().nullable(),
  isOrdered: z.boolean(),
  readAtMs: EpochMs,
  /** When a hash was stored first; null: never. */
  firstAtMs: EpochMs.nullable(),
  /** Null: not since then. */
  changedAtMs: EpochMs.nullable(),
  /** It changed together with the release of the router. */
  withRelease: z.boolean(),
})
export type ConfigurationSection = z.infer<typeof ConfigurationSection>
/** Latest changes first. */
export const ConfigurationAnswer = z.object({
  items: z.array(ConfigurationSection),
  sources: z.array(TableSource),
})
export type ConfigurationAnswer = z.infer<typeof ConfigurationAnswer>

export const SearchQuery = z.strictObject({
  /** Without a text, nothing is found. */
  q: Line(120).optional(),
  limit: z.coerce.number().int().min(1).max(200).default(50),
})
export const SearchRow = TableRow.extend({
  deviceId: z.uuid(),
  deviceName: z.string(),
  table: z.string(),
})
