/** Routers of `bench -- fleet` that die: within its namespace, nothing is sent to them any more. */
import { run } from "../simulator/run.ts"
import type { FleetOrder } from "./fleet.ts"
import { addressOf } from "./fleet-address.ts"

export const DETECTION_LIMIT_MS = 60_000

/** Routers without others below them, one after another. */
export const deadOf = ({ devices, dead }: FleetOrder): readonly number[] =>
  Array.from({ length: dead }, (_, at) => devices - 1 - at * 3)

export const prepareDead = (): Promise<string> =>
  run(
    "nft",
    ["-f", "-"],
    `table inet fleet {
  set dead { type ipv4_addr; }
  chain out { type filter hook output priority 0; ip daddr @dead drop; }
}
`,
  )

export const setDead = (device: number, isDead: boolean): Promise<string> =>
  run("nft", [
    isDead ? "add" : "delete",
    ...["element", "inet", "fleet", "dead", `{ ${addressOf(device)} }`],
  ])
