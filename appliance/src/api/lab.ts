/** The levers of an attached simulated network. Answers 404 where there is none. */
import { z } from "zod"

/** `POST /api/v1/lab`: names are those of the topology file, which are also the names in the inventory. */
export const LabCommand = z.discriminatedUnion("do", [
  z.strictObject({ do: z.literal("cut"), link: z.string().min(1).max(256) }),
  z.strictObject({ do: z.literal("mend"), link: z.string().min(1).max(256) }),
  z.strictObject({ do: z.literal("kill"), router: z.string().min(1).max(256) }),
  z.strictObject({ do: z.literal("revive"), router: z.string().min(1).max(256) }),
  z.strictObject({
    do: z.literal("flap"),
    router: z.string().min(1).max(256),
    port: z.string().min(1).max(256),
    times: z.int().min(1).max(20).default(5),
  }),
  z.strictObject({ do: z.literal("loss"), ratio: z.number().min(0).max(1) }),
  z.strictObject({ do: z.literal("stop-agent") }),
  z.strictObject({ do: z.literal("start-agent") }),
  z.strictObject({ do: z.literal("heal") }),
])
export type LabCommand = z.infer<typeof LabCommand>
/** `GET /api/v1/lab`: what is broken by hand right now. */
export const LabState = z.object({
  cutLinks: z.array(z.string()),
  deadRouters: z.array(z.string()),
  lossRatio: z.number(),
  agentRunning: z.boolean(),
  mode: z.enum(["namespace", "loopback"]),
})
export type LabState = z.infer<typeof LabState>
