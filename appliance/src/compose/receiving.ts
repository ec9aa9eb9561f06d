/** Whether a silent agent is the agent's fault: it could have reached the appliance for a while. */
import { createReceiveCheck } from "../flow/alerts/alerts.ts"
import type { HostClock } from "../platform/clock.ts"
import type { Dbs } from "../platform/postgres/db.ts"

/** A heartbeat cut off by a stop fails within 5 s and is sent again 2 s later. */
const AGENT_RECONNECT_MS = 8_000

export type Receiving = {
  readonly opened: () => void
  readonly closed: () => void
  readonly canReceive: () => Promise<boolean>
}
export const createReceiving = ({ steady }: Pick<HostClock, "steady">, dbs: Dbs): Receiving => {
  const canReceiveStored = createReceiveCheck(dbs.jobs)
  let sinceMs: number | null = null
  return {
    opened: () => {
      sinceMs = steady.now()
    },
    closed: () => {
      sinceMs = null
    },
    canReceive: async () =>
      sinceMs !== null &&
      steady.now() - sinceMs >= AGENT_RECONNECT_MS &&
      (await canReceiveStored()),
  }
}
