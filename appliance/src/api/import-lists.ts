/** Lists of devices, sites and links as CSV. */
import { z } from "zod"

/**
 * `POST /api/v1/devices/import`: CSV with a header; columns name, address, and any of site, roles
 * (`core;edge`), tags and site_tags (`a;b`), agent, credential, latitude, longitude, api_port,
 * api_tls, fingerprint, snmp_port. Measured columns of an exported list are left out. Unknown sites
 * are created, and a site gets the position of its line. `agentId` is for devices that have no
 * agent, name none and do not report by themselves. With `dryRun`, nothing is stored.
 */
export const ImportRequest = z.strictObject({
  csv: z.string().min(1).max(2_000_000),
  agentId: z.uuid().nullable().default(null),
  dryRun: z.boolean().default(false),
})
export type ImportRequest = z.infer<typeof ImportRequest>
/** One change that a line makes, in terms of the list: sites, agents and credentials by name. */
export const ImportChange = z.object({
  line: z.int(),
  what: z.enum(["device", "site", "link"]),
  name: z.string(),
  fields: z.array(
    z.object({ field: z.string(), before: z.string().nullable(), after: z.string().nullable() }),
  ),
})
export type ImportChange = z.infer<typeof ImportChange>
export const ImportAnswer = z.object({
  created: z.int(),
  updated: z.int(),
  unchanged: z.int(),
  sitesCreated: z.int(),
  sitesUpdated: z.int(),
  /** Changes to existing devices and sites; the first 500. */
  changes: z.array(ImportChange),
  /** Several cells of a line may be wrong: lines are counted by their number. */
  rejected: z.array(
    z.object({
      line: z.int(),
      column: z.string().nullable(),
      message: z.string(),
      /** The same as `message`, for other languages: `import-messages.ts`. */
      code: z.string(),
      params: z.record(z.string(), z.unknown()),
    }),
  ),
})
export type ImportAnswer = z.infer<typeof ImportAnswer>
/**
 * `POST /api/v1/sites/import`: columns name, and any of region, latitude, longitude, tags,
 * text_encoding, note; unknown regions are created. `POST /api/v1/links/import`: columns a_device,
 * b_device, and any of name, a_interface, b_interface, capacity_bps, medium, tags. An empty cell
 * leaves the field as it is.
 */
export const ListImportRequest = ImportRequest.omit({ agentId: true })
export const ListImportAnswer = ImportAnswer.omit({ sitesCreated: true, sitesUpdated: true })
export type ListImportAnswer = z.infer<typeof ListImportAnswer>
