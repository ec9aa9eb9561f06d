/** How one device is read now: by which agent and method, since when, and why. */
import { type MethodsInput, MethodsInput as MethodsSchema } from "../../api/inventory.ts"
import { type DeviceReading, LeaseReason, type ReadingMethod } from "../../api/leases.ts"
import { notFound } from "../../platform/http/http-error.ts"
import type { OrgId } from "../../platform/ids.ts"
import type { Db } from "../../platform/postgres/db.ts"
import * as store from "./capability-store.ts"

const MAX_LEASES = 50

/** The configured methods, in the order in which they are used. */
export const methodOrder = (methods: MethodsInput): ReadingMethod[] => {
  const { routerosApi, snmp, icmp, preferred = "routeros-api" } = methods
  const both = [
    ...(routerosApi === null ? [] : (["routeros-api"] as const)),
    ...(snmp === null ? [] : (["snmp"] as const)),
  ]
  const ordered = both.toSorted((a, b) => Number(b === preferred) - Number(a === preferred))
  return [...ordered, ...(icmp ? (["icmp"] as const) : [])]
}

type Known = Pick<store.DeviceCapability, "method" | "works" | "sinceMs" | "reason">
/** The method in use: the first of the order that works. */
export const methodInUse = (
  order: readonly ReadingMethod[],
  capabilities: readonly Known[],
): Pick<DeviceReading, "method" | "preferredMethod" | "methodSinceMs" | "methodReason"> => {
  const of = (method: ReadingMethod): Known | undefined =>
    capabilities.find((one) => one.method === method)
  const method = order.find((one) => of(one)?.works === true) ?? null
  const [preferredMethod = null] = order
  const before = order.slice(0, method === null ? order.length : order.indexOf(method))
  const failed = before.flatMap((one) => of(one) ?? [])
  const own = method === null ? undefined : of(method)
  // A fallback is in use since the method before it failed.
  const sinceMs = Math.max(own?.sinceMs ?? 0, ...failed.map((one) => one.sinceMs))
  return {
    method,
    preferredMethod,
    methodSinceMs: sinceMs === 0 ? null : Math.round(sinceMs),
    methodReason: method === preferredMethod ? null : (failed[0]?.reason ?? null),
  }
}

type Deps = { readonly db: Db; readonly isOnline: (agent: string) => boolean }
const whole = <T extends { readonly sinceMs: number; readonly triedAtMs: number }>(one: T): T => ({
  ...one,
  sinceMs: Math.round(one.sinceMs),
  triedAtMs: Math.round(one.triedAtMs),
})

export const readReading = (
  { db, isOnline }: Deps,
  org: OrgId,
  id: string,
): Promise<DeviceReading> =>
  db.asOrg(org, async (tx) => {
    const device = await store.readingDevice(tx, org, id)
    if (device === null) throw notFound("device", id)
    const { holderId, incomingId } = device
    const agents = await store.readingAgents(tx, org, id)
    const capabilities = (await store.capabilitiesOf(tx, org, id)).map(whole)
    const leases = await store.leasesOf(tx, org, id, MAX_LEASES)
    const parsed = MethodsSchema.safeParse(device.methods)
    const order = methodOrder(parsed.success ? parsed.data : MethodsSchema.parse({}))
    const own = capabilities.filter(({ agent }) => agent === holderId)
    return {
      ...methodInUse(order, own),
      order,
      fallback: device.fallback,
      agents: agents.map(({ id: agent, name, rank }) => ({
        id: agent,
        name,
        rank,
        isHolder: agent === holderId,
        isIncoming: agent === incomingId,
        isOnline: isOnline(agent),
        capabilities: capabilities.flatMap(({ agent: by, ...one }) => (by === agent ? [one] : [])),
      })),
      leases: leases.map(({ fromMs, toMs, reason, ...lease }) => ({
        ...lease,
        fromMs: Math.round(fromMs),
        toMs: toMs === null ? null : Math.round(toMs),
        reason: LeaseReason.parse(reason),
      })),
    }
  })
