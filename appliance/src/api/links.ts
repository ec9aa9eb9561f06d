/** One link and one interface in detail: both ends, and the rerouted traffic if a link fails. */
import { z } from "zod"
import { Interface, Link, StatusNow } from "./inventory.ts"
import { EpochMs, Line } from "./shared.ts"

export const LinkRef = z.object({ id: z.uuid(), name: z.string() })
export type LinkRef = z.infer<typeof LinkRef>

/**
 * One direction once the traffic has moved, at its narrowest place: the link, or the parallel links
 * together, with the least capacity left. In bit/s; `leftBps` below zero does not fit. Null where
 * `unknown` says what is missing.
 */
export const FailoverDirection = z.object({
  narrowest: z.array(LinkRef),
  capacityBps: z.number().nullable(),
  loadBps: z.number().nullable(),
  leftBps: z.number().nullable(),
})
export type FailoverDirection = z.infer<typeof FailoverDirection>

/**
 * `failed` and `carriedBy` name links; a path is in order from end A to end B. Directions are those
 * of the requested link's ends.
 */
export const FailoverCase = z.object({
  failed: z.array(LinkRef),
  carriedBy: z.array(LinkRef),
  aToB: FailoverDirection,
  bToA: FailoverDirection,
  unknown: z.array(z.object({ link: LinkRef, what: z.enum(["capacity", "load"]) })),
})
export type FailoverCase = z.infer<typeof FailoverCase>

/**
 * What carries a link's traffic when it fails. `parallel`: other links between the same two
 * devices; `same-sites`: a path that stays within the sites of its two ends; `ring`: a path by
 * other sites; `none`: there is no alternative path.
 */
export const Failover = z.object({
  kind: z.enum(["parallel", "same-sites", "ring", "none"]),
  /**
   * The link carries nothing now: its traffic has already moved, and `ifThisFails` is the state
   * now.
   */
  hasFailed: z.boolean(),
  ifThisFails: FailoverCase.nullable(),
  /**
   * The partner whose failure leaves the least capacity on this link. Null: nothing falls back on
   * it.
   */
  ifPartnerFails: FailoverCase.nullable(),
  /** Links that would be an alternative but are down. */
  unavailable: z.array(LinkRef),
})
export type Failover = z.infer<typeof Failover>

/** A device as the end of a link: its own state, and how the agent reaches it. */
export const EndDevice = z.object({
  id: z.uuid(),
  name: z.string(),
  siteId: z.uuid().nullable(),
  siteName: z.string().nullable(),
  agentName: z.string().nullable(),
  status: StatusNow,
  incidentId: z.uuid().nullable(),
  rttMs: z.number().nullable(),
  lossPct: z.number().nullable(),
  lastSeenAtMs: EpochMs.nullable(),
  probedAtMs: EpochMs.nullable(),
})
export type EndDevice = z.infer<typeof EndDevice>
/** `interface`: null where the end names none, or one that the device has not reported. */
export const LinkEndDetail = z.object({ device: EndDevice, interface: Interface.nullable() })
export type LinkEndDetail = z.infer<typeof LinkEndDetail>

/** `GET /api/v1/links/:id` */
export const LinkDetail = z.object({
  link: Link,
  a: LinkEndDetail,
  b: LinkEndDetail,
  failover: Failover,
})
export type LinkDetail = z.infer<typeof LinkDetail>

/**
 * `GET /api/v1/devices/:id/interface?name=`: by its name, which is what its identity is. `link`:
 * the link that ends on it.
 */
export const InterfaceQuery = z.strictObject({ name: Line(256) })
export const InterfaceDetail = z.object({
  device: EndDevice,
  interface: Interface,
  link: LinkDetail.nullable(),
})
export type InterfaceDetail = z.infer<typeof InterfaceDetail>
