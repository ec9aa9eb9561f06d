/**
 * Queries of lists that fit into one answer. Without `limit` and `cursor` they are one page, as
 * before there were pages; `total` counts all rows that match.
 */
import { z } from "zod"
import { DeviceRole, LinkMedium, Tag } from "./inventory.ts"
import { Line, page, Status } from "./shared.ts"

const ListQuery = z.strictObject({
  /** Rows of a page. Omitted: all of them, from the cursor on. */
  limit: z.coerce.number().int().min(1).max(1_000).optional(),
  /** `next` of the page before, with the same filter and `sort`. */
  cursor: z.string().max(1_024).optional(),
  /** Words; each is in one of the row's texts. */
  q: Line(200).optional(),
})

const sortBy = <const T extends string>(...names: readonly T[]) =>
  z.enum([...names, ...names.map((name): `-${T}` => `-${name}`)])

/** `GET /devices`; `q` searches names, addresses, sites, agents, models and tags. */
export const DeviceQuery = ListQuery.extend({
  sort: sortBy("name", "address", "site", "agent", "board", "version", "status").optional(),
  status: Status.optional(),
  site: z.uuid().optional(),
  /** The preferred agent. */
  agent: z.uuid().optional(),
  role: DeviceRole.optional(),
  tag: Tag.optional(),
})
export type DeviceQuery = z.infer<typeof DeviceQuery>

/** `GET /links`; `q` searches names, devices, interfaces and tags. */
export const LinkQuery = ListQuery.extend({
  sort: sortBy("name", "capacity", "status").optional(),
  status: Status.optional(),
  /** At either end. */
  device: z.uuid().optional(),
  medium: LinkMedium.optional(),
  tag: Tag.optional(),
})
export type LinkQuery = z.infer<typeof LinkQuery>

/** `GET /devices/{id}/interfaces`; `q` searches names, types and comments. */
export const DeviceInterfacesQuery = ListQuery.extend({
  sort: sortBy("name", "type").optional(),
})
export type DeviceInterfacesQuery = z.infer<typeof DeviceInterfacesQuery>

/** `GET /sites`; `q` searches names. */
export const SiteQuery = ListQuery.extend({ sort: sortBy("name").optional() })
export type SiteQuery = z.infer<typeof SiteQuery>

/** A page of such a list. */
export const listPage = <T extends z.ZodType>(item: T) =>
  page(item).extend({ total: z.int().nonnegative() })
