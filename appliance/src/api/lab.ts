/** The levers of an attached simulated network. Answers 404 where there is none. */
import { z } from "zod"

const Name = z.string().min(1).max(256)
/** Levers on the network itself; several of them may be pulled in one moment. */
export const LabFault = z.discriminatedUnion("do", [
  z.strictObject({ do: z.literal("cut"), link: Name }),
  z.strictObject({ do: z.literal("repair"), link: Name }),
  z.strictObject({ do: z.literal("kill"), router: Name }),
  z.strictObject({ do: z.literal("revive"), router: Name }),
  /** All routers of the site die in one moment, and the agent's host with them where it stands there. */
  z.strictObject({ do: z.literal("power-off"), site: Name }),
  z.strictObject({ do: z.literal("power-on"), site: Name }),
  /** Every line to that upstream goes down. */
  z.strictObject({ do: z.literal("lose-upstream"), router: Name }),
  z.strictObject({ do: z.literal("restore-upstream"), router: Name }),
  /** The agent runs and is heard, and reaches no router. */
  z.strictObject({ do: z.literal("cut-uplink") }),
  z.strictObject({ do: z.literal("repair-uplink") }),
  z.strictObject({ do: z.literal("loss"), ratio: z.number().min(0).max(1) }),
])
export type LabFault = z.infer<typeof LabFault>

/** `POST /api/v1/lab`: names are those of the topology file, which are also the names in the inventory. */
export const LabCommand = z.discriminatedUnion("do", [
  LabFault,
  z.strictObject({ do: z.literal("together"), faults: z.array(LabFault).min(2).max(20) }),
  z.strictObject({
    do: z.literal("flap"),
    router: Name,
    port: Name,
    times: z.int().min(1).max(20).default(5),
  }),
  z.strictObject({ do: z.literal("stop-agent") }),
  z.strictObject({ do: z.literal("start-agent") }),
  /** The agent runs and sees the routers, and cannot tell us. */
  z.strictObject({ do: z.literal("cut-management-path") }),
  z.strictObject({ do: z.literal("repair-management-path") }),
  z.strictObject({ do: z.literal("heal") }),
])
export type LabCommand = z.infer<typeof LabCommand>
/** `GET /api/v1/lab`: what is broken by hand right now. */
export const LabState = z.object({
  cutLinks: z.array(z.string()),
  deadRouters: z.array(z.string()),
  poweredOffSites: z.array(z.string()),
  lostUpstreams: z.array(z.string()),
  lossRatio: z.number(),
  agentRunning: z.boolean(),
  managementPathDown: z.boolean(),
  uplinkDown: z.boolean(),
  mode: z.enum(["namespace", "loopback"]),
})
export type LabState = z.infer<typeof LabState>
