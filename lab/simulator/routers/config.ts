/** The start-up data of the routers' process, and the messages of both sides over IPC. */
import { z } from "zod"
import { ConsoleAnswer, ConsoleCommand, LabCommand, LabState } from "../commands.ts"

const Port = z.int().min(1).max(65_535)
export const RoutersConfig = z.strictObject({
  topology: z.string(),
  mode: z.enum(["namespace", "loopback"]),
  certificatesDir: z.string(),
  recordingsDir: z.string().nullable(),
  ports: z.strictObject({ api: Port, apiSsl: Port, snmp: Port }),
  /** Where FRR of each router runs; null: routing is simulated. */
  frr: z.strictObject({ prefix: z.string(), folder: z.string() }).nullable(),
  syslogTo: z.strictObject({ address: z.ipv4(), port: Port }),
  trapPort: Port.optional(),
})
export type RoutersConfig = z.infer<typeof RoutersConfig>

export const IpcRequest = z.union([
  z.strictObject({ id: z.int(), command: LabCommand }),
  z.strictObject({ id: z.int(), console: ConsoleCommand }),
])
/** Broken parts inside the network: the routers do not know the agent and its management path. */
const State = LabState.omit({
  ...{ agentRunning: true, managementPathDown: true, mode: true },
  ...{ possibleFaults: true, ospfLinks: true, isisLinks: true },
} as const)
export const IpcResponse = z.union([
  z.strictObject({ ready: z.literal(true) }),
  z.strictObject({
    id: z.int(),
    ok: z.literal(true),
    state: State,
    answer: ConsoleAnswer.nullable(),
  }),
  z.strictObject({ id: z.int(), ok: z.literal(false), message: z.string(), state: State }),
])
export type IpcResponse = z.infer<typeof IpcResponse>

/**
 * In loopback mode 10.a.b.c becomes 127.a.b.c: Linux has all of 127.0.0.0/8 without configuration.
 */
export const addressIn = (mode: RoutersConfig["mode"], address: string): string =>
  mode === "namespace" ? address : address.replace(/^10\./, "127.")
