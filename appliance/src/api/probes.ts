/** Probes of services: what agents check besides their devices, and what they found. */
import { PROBE_LIMITS, PROBE_OUTCOMES, ProbeCheck, ProbeHost } from "@ispvm/wire/probes"
import { z } from "zod"
import { fieldParams } from "./field-messages.ts"
import { EpochMs, Line } from "./shared.ts"

/** Of an organisation. */
export const MAX_PROBES = 300
export const MAX_AGENTS_OF_PROBE = 16

/** On which part of the network the target of a probe is. */
export const PROBE_SEGMENTS = ["last-mile", "aggregation", "upstream", "service"] as const
export const ProbeSegment = z.enum(PROBE_SEGMENTS)
export type ProbeSegment = z.infer<typeof ProbeSegment>

const { everyMs, traceEveryMs, timeoutMs } = PROBE_LIMITS
const everyOf = (kind: ProbeCheck["kind"]) => (kind === "trace" ? traceEveryMs : everyMs)
const AgentIds = z.array(z.uuid()).max(MAX_AGENTS_OF_PROBE)

const Body = z.strictObject({
  /** Part of the names of its series; a probe keeps it. */
  name: Line(80),
  /** Values and alerts of the probe are about this device. */
  deviceId: z.uuid(),
  segment: ProbeSegment,
  check: ProbeCheck,
  everyS: z
    .int()
    .min(everyMs.min / 1_000)
    .max(traceEveryMs.max / 1_000),
  timeoutMs: z.int().min(timeoutMs.min).max(timeoutMs.max),
  /** Empty: all agents of the organisation. */
  agents: AgentIds,
  isEnabled: z.boolean(),
})
const checkEvery = (
  { check, everyS }: Pick<z.infer<typeof Body>, "check" | "everyS">,
  context: z.core.$RefinementCtx<unknown>,
): void => {
  const { min, max } = everyOf(check.kind)
  if (everyS * 1_000 >= min && everyS * 1_000 <= max) return
  const params = fieldParams({
    code: "field.between",
    params: { min: min / 1_000, max: max / 1_000 },
  })
  context.addIssue({ code: "custom", path: ["everyS"], params })
}
export const ProbeInput = Body.superRefine(checkEvery)
export type ProbeInput = z.infer<typeof ProbeInput>
/** The name is part of the names of its series. */
export const ProbePatch = Body.omit({ name: true }).superRefine(checkEvery)
export type ProbePatch = z.infer<typeof ProbePatch>

export const PROBE_TEMPLATES = ["customer-gateway", "upstream", "resolver"] as const
export const ProbeTemplate = z.enum(PROBE_TEMPLATES)
export type ProbeTemplate = z.infer<typeof ProbeTemplate>
export const ProbesFromTemplate = z.strictObject({
  template: ProbeTemplate,
  deviceId: z.uuid(),
  /** The customer's gateway, the upstream's target or the resolver. */
  host: z.string().trim().pipe(ProbeHost),
  agents: AgentIds,
})
export type ProbesFromTemplate = z.infer<typeof ProbesFromTemplate>

export const ProbeState = z.enum(["ok", "failing", "unknown"])
export type ProbeState = z.infer<typeof ProbeState>

const ms = z.number().nullable()
/** What one agent found last. Times are null where a phase did not happen. */
export const ProbeView = z.object({
  agentId: z.uuid(),
  agentName: z.string(),
  /** `unknown`: nothing yet, or nothing for three intervals. */
  state: ProbeState,
  outcome: z.enum(Object.keys(PROBE_OUTCOMES)).nullable(),
  atMs: EpochMs.nullable(),
  totalMs: ms,
  nameMs: ms,
  connectMs: ms,
  tlsMs: ms,
  firstByteMs: ms,
  lossPct: ms,
  certificateDays: z.number().nullable(),
  hops: z.number().nullable(),
  /** Total time over the last hour, oldest first; null where there was no answer. */
  recentMs: z.array(ms),
  /** The name of its series on the device. */
  series: z.string(),
  /** Of a trace: routers by hop, `null` for a silent one. */
  path: z
    .object({
      hops: z.array(z.string().nullable()),
      isReached: z.boolean(),
      atMs: EpochMs,
      /** The path before; null: this is the first one. */
      was: z.array(z.string().nullable()).nullable(),
    })
    .nullable(),
})
export type ProbeView = z.infer<typeof ProbeView>
export const Probe = Body.extend({
  id: z.uuid(),
  deviceName: z.string(),
  siteId: z.uuid().nullable(),
  siteName: z.string().nullable(),
  createdBy: z.string(),
  views: z.array(ProbeView),
})
export type Probe = z.infer<typeof Probe>

/**
 * Where a fault is, as several agents see it. `agent`: the connection of one agent; `path`: between
 * some agents and the target.
 */
export const ProbeFinding = z.object({
  place: z.enum(["agent", "last-mile", "aggregation", "upstream", "service", "path"]),
  site: z.string().nullable(),
  /** Names of the probes that show it. */
  probes: z.array(z.string()),
  /** Names of the agents that see it, and of those that do not. */
  agents: z.array(z.string()),
  others: z.array(z.string()),
  /** Failing probes that it explains. */
  explains: z.int(),
})
export type ProbeFinding = z.infer<typeof ProbeFinding>

export const ProbeQuery = z.strictObject({
  device: z.uuid().optional(),
  site: z.uuid().optional(),
})
export type ProbeQuery = z.infer<typeof ProbeQuery>
export const ProbeList = z.object({
  items: z.array(Probe),
  next: z.string().nullable(),
  /** Of all probes, whatever the query. */
  findings: z.array(ProbeFinding),
})
export type ProbeList = z.infer<typeof ProbeList>
export const ProbesCreated = z.object({ ids: z.array(z.uuid()) })
