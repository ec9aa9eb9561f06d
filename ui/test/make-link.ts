/**
 * Sample links and interfaces with all fields, for tests and the gallery: one of each kind of
 * failover.
 */
import type { Device, Link } from "@ispvm/appliance/api/inventory"
import type {
  EndDevice,
  Failover,
  FailoverCase,
  FailoverDirection,
  LinkDetail,
  LinkRef,
} from "@ispvm/appliance/api/links"
import { makeDevice, makeInterface, makeLink, uuid } from "./make.ts"

const ref = (n: number, name: string): LinkRef => ({ id: uuid(7_000 + n), name })
const direction = (
  narrowest: readonly LinkRef[],
  loadBps: number,
  capacityBps = 1e10,
): FailoverDirection => ({
  narrowest: [...narrowest],
  capacityBps,
  loadBps,
  leftBps: capacityBps - loadBps,
})
const NOTHING: FailoverDirection = {
  narrowest: [],
  capacityBps: null,
  loadBps: null,
  leftBps: null,
}
const made = (
  failed: LinkRef,
  carriedBy: readonly LinkRef[],
  changes: Partial<FailoverCase> = {},
): FailoverCase => ({
  failed: [failed],
  carriedBy: [...carriedBy],
  aToB: direction(carriedBy.slice(0, 1), 4.2e9),
  bToA: direction(carriedBy.slice(0, 1), 1.1e9),
  unknown: [],
  ...changes,
})

export const FAILOVERS = [
  "parallel",
  "ring",
  "none",
  "partner-down",
  "unknown",
  "has-failed",
] as const
export const makeFailover = (kind: (typeof FAILOVERS)[number]): Failover => {
  const [own, fibre2] = [ref(1, "Ankara–İzmir fibre 1"), ref(2, "Ankara–İzmir fibre 2")]
  const ring = [ref(3, "Ankara–Konya"), ref(4, "Konya–Antalya"), ref(5, "Antalya–İzmir")]
  const none = {
    kind: "none" as const,
    hasFailed: false,
    ifThisFails: null,
    ifPartnerFails: null,
    unavailable: [],
  }
  switch (kind) {
    case "parallel":
      return {
        ...none,
        kind,
        ifThisFails: made(own, [fibre2]),
        ifPartnerFails: made(fibre2, [own]),
      }
    case "ring":
      return {
        ...none,
        kind,
        ifThisFails: made(own, ring, {
          aToB: direction(ring.slice(0, 1), 2.2e9, 1e9),
          bToA: direction(ring.slice(1, 2), 8.9e9),
        }),
        ifPartnerFails: made(ring[1] ?? own, [own]),
      }
    case "none":
      return none
    case "partner-down":
      return { ...none, unavailable: [fibre2] }
    case "unknown":
      return {
        ...none,
        kind: "parallel",
        ifThisFails: made(own, [fibre2], {
          aToB: NOTHING,
          bToA: NOTHING,
          unknown: [
            { link: fibre2, what: "capacity" },
            { link: fibre2, what: "load" },
          ],
        }),
      }
    case "has-failed":
      return { ...none, kind: "parallel", hasFailed: true, ifThisFails: made(own, [fibre2]) }
  }
}

const endOf = ({
  id,
  name,
  siteId,
  siteName,
  agentName,
  status,
  incidentId,
  rttMs,
  lossPct,
  lastSeenAtMs,
  probedAtMs,
}: Device): EndDevice => ({
  id,
  name,
  siteId,
  siteName,
  agentName,
  status,
  incidentId,
  rttMs,
  lossPct,
  lastSeenAtMs,
  probedAtMs,
})

export const makeLinkDetail = (
  link: Link,
  a: Device,
  b: Device,
  failover = makeFailover("parallel"),
): LinkDetail => {
  const end = (device: Device, side: Link["a"]) => ({
    device: endOf(device),
    interface:
      side.interface === null
        ? null
        : makeInterface(side.interfaceId ?? 1, device, {
            atMs: link.atMs,
            name: side.interface,
            comment: "to the other end, fibre 1",
            speedBps: 1e10,
            rxBps: link.bToABps,
            txBps: link.aToBBps,
            linkId: link.id,
          }),
  })
  return { link, a: end(a, link.a), b: end(b, link.b), failover }
}

/** Two routers and the link between them. */
export const makePair = (): { readonly a: Device; readonly b: Device; readonly link: Link } => {
  const a = makeDevice(1, { name: "ank-core-1" })
  const b = makeDevice(2, { name: "izm-core-1", siteName: "İzmir" })
  return { a, b, link: makeLink(1, a, b, { name: "Ankara–İzmir fibre 1" }) }
}

export const makeEnd = endOf
