/**
 * `GET /api/v1/live`: server-sent events, each with an id. `Last-Event-ID` (or `?after=`) resumes
 * after an interruption. If the gap is too old, `hello.resumed` is false and the client loads its
 * state again.
 */
import { z } from "zod"
import { Agent } from "./agents.ts"
import { DiagnosticOutput } from "./diagnostics.ts"
import { EventRow, Incident } from "./incidents.ts"
import { StatusNow } from "./inventory.ts"
import { EpochMs } from "./shared.ts"

/** Latest readings, sent together once a second; only what changed since the last time. */
export const Readings = z.object({
  devices: z.array(
    z.object({
      id: z.uuid(),
      lastSeenAtMs: EpochMs.nullable(),
      probedAtMs: EpochMs.nullable(),
      healthAtMs: EpochMs.nullable(),
      trafficAtMs: EpochMs.nullable(),
      rttMs: z.number().nullable(),
      lossPct: z.number().nullable(),
      cpuPct: z.number().nullable(),
      memoryPct: z.number().nullable(),
      uptimeS: z.number().nullable(),
      rxBps: z.number().nullable(),
      txBps: z.number().nullable(),
    }),
  ),
  interfaces: z.array(
    z.object({
      id: z.int(),
      deviceId: z.uuid(),
      running: z.boolean(),
      disabled: z.boolean(),
      rxBps: z.number().nullable(),
      txBps: z.number().nullable(),
      errorsPs: z.number().nullable(),
      dropsPs: z.number().nullable(),
      atMs: EpochMs,
    }),
  ),
})
export type Readings = z.infer<typeof Readings>

/** Numbers in rising order, each as its distance from the one before; the first from 0. */
const Distances = z.array(z.int())
/** Ages in ms at the time of the message, to a tenth of a second. */
const AgesMs = z.array(z.number())
const Column = z.array(z.number().nullable())
/**
 * The same values as `readings` in columns, for pages that show the whole network: a twentieth of
 * the bytes. Rates and times have three digits. A device is named by a number: `numbered` gives the
 * ids of the numbers `from`, `from + 1` …; those from 0 come at the beginning of each stream.
 */
export const Values = z.object({
  atMs: EpochMs,
  numbered: z.object({ from: z.int(), ids: z.array(z.uuid()) }),
  /** `answered` is 1 where the device was seen by this probe. */
  probes: z.object({
    devices: Distances,
    agesMs: AgesMs,
    answered: z.array(z.int()),
    rttMs: Column,
    lossPct: Column,
  }),
  health: z.object({
    devices: Distances,
    agesMs: AgesMs,
    uptimeS: Column,
    cpuPct: Column,
    memoryPct: Column,
  }),
  traffic: z.object({ devices: Distances, agesMs: AgesMs, rxBps: Column, txBps: Column }),
  /** Only interfaces with a link. */
  interfaces: z.object({ ids: Distances, agesMs: AgesMs, rxBps: Column, txBps: Column }),
})
export type Values = z.infer<typeof Values>

export const StatusChange = z.object({
  id: z.uuid(),
  status: StatusNow,
  incidentId: z.uuid().nullable(),
})
export type StatusChange = z.infer<typeof StatusChange>

export const LIVE_EVENTS = {
  hello: z.object({ serverAtMs: EpochMs, resumed: z.boolean() }),
  device: StatusChange,
  link: StatusChange,
  agent: Agent,
  incident: Incident,
  event: EventRow,
  readings: Readings,
  /** Only to streams that name the topic. */
  values: Values,
  /** Only to streams with the topic `diagnosis:RUN`. */
  diagnosis: DiagnosticOutput,
  /** Something was added, changed or removed in the inventory: reload that list. */
  inventory: z.object({
    what: z.enum([
      "region",
      "site",
      "device",
      "interface",
      "link",
      "agent",
      "credential",
      "collector",
      "maintenance",
      "probe",
    ]),
    id: z.string(),
  }),
} as const
export type LiveName = keyof typeof LIVE_EVENTS
/**
 * Topics of a stream (`?topics=device,link,readings`). `readings` has the values of all devices and
 * of interfaces with a link; `values` has them in columns, and is not part of a stream without
 * topics. The topic `ports:DEVICE` adds one device and all of its interfaces, also as `readings`,
 * and `diagnosis:RUN` the output of a run. `hello` is always sent.
 */
export const TOPICS = [
  "device",
  "link",
  "agent",
  "incident",
  "event",
  "readings",
  "values",
  "inventory",
] as const satisfies readonly LiveName[]
export type Topic = (typeof TOPICS)[number] | `ports:${string}` | `diagnosis:${string}`
export type LiveData<N extends LiveName> = z.infer<(typeof LIVE_EVENTS)[N]>

const MAX_TOPICS = 64
/** Names of events, `ports:DEVICE` for the ports of one device, `diagnosis:RUN` for a run. */
const TopicName = z.union([
  z.enum(TOPICS),
  z.templateLiteral(["ports:", z.uuid()]),
  z.templateLiteral(["diagnosis:", z.uuid()]),
])
/** `GET /live`: topics are joined by commas; without them everything is sent. */
export const LiveQuery = z.strictObject({
  after: z.string().max(64).optional(),
  topics: z
    .string()
    .max(4_000)
    .transform((text) => text.split(","))
    .pipe(z.array(TopicName).min(1).max(MAX_TOPICS))
    .optional(),
})
