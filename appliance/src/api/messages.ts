/**
 * What the appliance states about incidents, statuses and fields of requests, as data: a code and
 * typed params. Programs compare messages and filter by code; `messages/` renders them as text, in
 * the UI and on the server.
 *
 * Params hold ids and names as they were at that time, durations in milliseconds, and counts.
 * A code, once released, keeps its meaning: stored rows hold it for years.
 */
import { z } from "zod"
import type { BackupMessage } from "./backup-messages.ts"
import { CheckId, CheckMessage } from "./check-messages.ts"
import type { FieldMessage } from "./field-messages.ts"
import type { ImportMessage } from "./import-messages.ts"
import { message } from "./message-schema.ts"
import { listOf, Named, NamedList, PlannedWork } from "./named-messages.ts"
import type { AgentNote, HealthMessage, RemedyMessage } from "./notice-messages.ts"
import type { NotifyMessage } from "./notify-messages.ts"
import type { ProblemMessage } from "./problem-messages.ts"
import type { RuleMessage } from "./rule-messages.ts"
import { Status } from "./shared.ts"
import type { UpdateMessage } from "./update-messages.ts"
import { type WorkflowMessage, workflowMessages } from "./workflow-messages.ts"

export { Named, NamedList } from "./named-messages.ts"

const Count = z.int().min(0)
const DurationMs = z.number().min(0)
/** `past`: what is over, or can no longer be observed. */
export const Tense = z.enum(["present", "past"])
export type Tense = z.infer<typeof Tense>

export const Port = z.object({ interface: z.string(), device: Named })
export type Port = z.infer<typeof Port>
export const PortList = listOf(Port)
export type PortList = z.infer<typeof PortList>

/** A component that may have failed. Of a site it is the power. */
export const Thing = z.object({
  noun: z.enum(["link", "router", "switch", "upstream", "customer-router", "agent", "site"]),
  id: z.string(),
  name: z.string(),
})
export type Thing = z.infer<typeof Thing>
const ThingList = listOf(Thing)

/** One component that has failed. */
export const Claim = z.object({
  thing: Thing,
  tense: Tense,
  /** Of a link: devices at which an administrator disabled its port. */
  switchedOffAt: NamedList,
  /** Of a link: the upstream it leads to, where the title has to name it. */
  towards: Named.nullable(),
})
export type Claim = z.infer<typeof Claim>
export const Likelihood = z.enum(["stated", "probable", "possible"])
export type Likelihood = z.infer<typeof Likelihood>

/** What has failed, as far as the confidence allows to state it. `more`: unnamed alternatives. */
export const Fault = z.discriminatedUnion("kind", [
  z.object({ kind: z.literal("single"), likelihood: Likelihood, claim: Claim }),
  /** Indistinguishable causes. */
  z.object({
    kind: z.literal("any-of"),
    likelihood: Likelihood,
    claims: z.array(Claim),
    more: Count,
  }),
  /** The last claim is the rival hypothesis. */
  z.object({ kind: z.literal("either"), claims: z.array(Claim), more: Count }),
  z.object({
    kind: z.literal("upstream-lost"),
    upstream: Named,
    tense: Tense,
    likelihood: Likelihood,
    claims: z.array(Claim),
    more: Count,
  }),
  z.object({ kind: z.literal("not-answering"), device: Thing, tense: Tense }),
  z.object({ kind: z.literal("not-reporting"), device: Thing, tense: Tense }),
])
export type Fault = z.infer<typeof Fault>

/** A rule as it was called then, in each language. */
export const RuleName = z.object({ id: z.string(), en: z.string(), tr: z.string() })
export type RuleName = z.infer<typeof RuleName>
/** What a rule found: of which device, and of which interface, sensor or peer of it. */
export const RuleFinding = z.object({
  rule: RuleName,
  device: Named,
  subject: z.string().nullable(),
  /** The subject is called after a customer: who lacks `subscribers:read` gets a label. */
  isPersonal: z.literal(true).optional(),
  /** The device at the other end of a session, where it is monitored. */
  peer: Named.optional(),
  value: z.number().nullable(),
  /** Of a value that is a state: its name, as the protocol writes it. */
  state: z.string().optional(),
  limit: z.number().nullable(),
  unit: z.string(),
  /** How long the condition had to hold. */
  forMs: DurationMs,
  /** The rule's own text, with placeholders in braces; null: it has none. */
  text: z.object({ en: z.string(), tr: z.string() }).nullable(),
})
export type RuleFinding = z.infer<typeof RuleFinding>

/** What works badly, and how badly. */
export const Degradation = z.object({
  kind: z.enum(["degraded-link", "congested-link", "failing-optic", "degraded-node"]),
  likelihood: Likelihood,
  thing: Thing,
  /** Others that would show the same. */
  alternatives: listOf(Thing),
  /** Of the packets that take it, as estimated; 0: it loses none. */
  lossRatio: z.number(),
  /** What it adds to a round trip; 0: nothing. */
  delayMs: DurationMs,
  /** Devices whose paths take it and are affected. */
  devices: Count,
  tense: Tense,
})
export type Degradation = z.infer<typeof Degradation>

/** A finished sentence: rows from before messages were data, and nothing else. */
export const LegacyText = message("legacy-text", z.object({ text: z.string() }))

export const Title = z.discriminatedUnion("code", [
  LegacyText,
  message(
    "title.fault",
    z.object({
      fault: Fault,
      tense: Tense,
      /** Devices that are unreachable only because of the fault. */
      downstream: Count,
      /** Where a site lost power: how many of its devices do not answer. `isSoFar`: others are still probed. */
      site: z.object({ devices: Count, unreachable: Count, isSoFar: z.boolean() }).nullable(),
      /** Where an agent lost its path: how many devices it monitors. */
      agentDevices: Count.nullable(),
    }),
  ),
  message(
    "title.link-flapping",
    z.object({ link: Named, times: Count, overMs: DurationMs, tense: Tense }),
  ),
  message("title.agent-offline", z.object({ agent: Named, devices: Count, tense: Tense })),
  message(
    "title.rule",
    z.object({
      rule: RuleName,
      thing: Thing,
      /** The interface, where it is of a device alone. */
      interface: z.string().nullable(),
      /** The sensor or peer that it is about; null: the thing itself. */
      subject: z.string().nullable(),
      /** As of `RuleFinding`. */
      isPersonal: z.literal(true).optional(),
      /** The device at the other end of a session, where it is monitored. */
      peer: Named.optional(),
      /** The rule's own text, and the state in which a session was when the incident began. */
      found: z
        .object({ text: z.object({ en: z.string(), tr: z.string() }), state: z.string() })
        .optional(),
      /** Other rules whose conditions the same component meets. */
      more: Count,
      tense: Tense,
    }),
  ),
  message("title.degradation", Degradation),
  /** Of the appliance itself. */
  message("title.check", z.object({ check: CheckId, tense: Tense })),
])
export type Title = z.infer<typeof Title>
/** As stored: a later release may have written one that this release, after a return to it, has not. */
export const StoredTitle = Title.or(
  z.looseObject({ code: z.string() }).transform(({ code }): Title => {
    const text = `Opened by a later release (${code.slice(0, 100)})`
    return { code: "legacy-text", params: { text } }
  }),
)

/** `unreachable` of the `devices` an agent monitors; all of them fell silent within `withinMs`. */
const Isolation = z.object({
  agent: Named,
  unreachable: Count,
  devices: Count,
  withinMs: DurationMs.nullable(),
  tense: Tense,
})
const AgentTensed = z.object({ agent: Named, tense: Tense })
const Upstreams = z.object({ upstreams: NamedList })

export const Reason = z.discriminatedUnion("code", [
  LegacyText,
  message("reason.probes-unanswered", z.object({ devices: NamedList })),
  message("reason.reports-missing", z.object({ devices: NamedList, tense: Tense })),
  message("reason.reports-only", z.object({})),
  message("reason.ports-down", z.object({ ports: PortList, tense: Tense })),
  message("reason.ports-switched-off", z.object({ devices: NamedList, tense: Tense })),
  message("reason.only-path", z.object({ devices: NamedList, tense: Tense })),
  /** Unreachable although another path is left. */
  message("reason.still-routed", z.object({ devices: NamedList, tense: Tense })),
  message("reason.entry-point-assumed", z.object({ agent: Named, devices: NamedList })),
  message("reason.only-path-of-agent", AgentTensed),
  message("reason.agent-online", AgentTensed),
  message("reason.agent-isolated", Isolation),
  message("reason.agent-path-lost", z.object({ tense: Tense })),
  message("reason.agent-offline", z.object({ agent: Named, unseenMs: DurationMs, tense: Tense })),
  message("reason.ports-flap", z.object({ ports: PortList, times: Count, overMs: DurationMs })),
  message("reason.answered-since", z.object({ devices: NamedList })),
  message("reason.indistinguishable", z.object({ things: ThingList, tense: Tense })),
  message("reason.no-other-path", z.object({ devices: Count })),
  message("reason.other-upstreams-answer", Upstreams),
  message("reason.no-other-upstream-answers", Upstreams),
  message("reason.no-other-upstream", z.object({})),
  message("reason.planned-work", PlannedWork),
  message("reason.check", z.object({ found: CheckMessage })),
  message("reason.rule", RuleFinding),
  /** Where several agents see that services fail. `others`: agents that do not see it. */
  message(
    "reason.services-located",
    z.object({
      place: z.enum(["agent", "last-mile", "aggregation", "upstream", "service", "path"]),
      probes: NamedList,
      agents: NamedList,
      others: NamedList,
    }),
  ),
  /** All paths that it explains take it. */
  message("reason.paths-affected", z.object({ devices: NamedList, thing: Thing })),
  message("reason.paths-unaffected", z.object({ devices: Count, thing: Thing })),
  /** What the link can still carry, in bit/s of its capacity. */
  message(
    "reason.capacity-left",
    z.object({ link: Named, leftBps: z.number(), ofBps: z.number() }),
  ),
])
export type Reason = z.infer<typeof Reason>
/** As stored: one of a later release is left out. */
export const StoredReasons = z
  .array(z.unknown())
  .transform((stored): Reason[] => stored.flatMap((one) => Reason.safeParse(one).data ?? []))

/** `site`: the devices are at this site and are `unreachable` of `total`. */
const Unanswered = z.object({
  devices: NamedList,
  site: z.object({ name: z.string(), unreachable: Count, total: Count }).nullable(),
  tense: Tense,
})
export const EvidenceMessage = z.discriminatedUnion("code", [
  LegacyText,
  message("evidence.planned-work", PlannedWork),
  message("evidence.not-answering", Unanswered),
  message("evidence.not-reporting", Unanswered),
  message("evidence.downstream-not-answering", z.object({ devices: NamedList, tense: Tense })),
  message("evidence.port-down", z.object({ port: Port, towards: Named.nullable(), tense: Tense })),
  message("evidence.port-switched-off", z.object({ port: Port, tense: Tense })),
  message("evidence.ends-answer", z.object({ devices: NamedList, tense: Tense })),
  message("evidence.agent-online", AgentTensed),
  message("evidence.agent-isolated", Isolation),
  message("evidence.agent-offline", z.object({ agent: Named, unseenMs: DurationMs })),
  /** `link` null: the link that is the cause. */
  message("evidence.port-up", z.object({ port: Port, link: Named.nullable(), tense: Tense })),
  message("evidence.path", z.object({ device: Named, lossRatio: z.number(), delayMs: DurationMs })),
  message("evidence.answers", z.object({ device: Named, tense: Tense })),
  message("evidence.answers-without-path", z.object({ device: Named, tense: Tense })),
])
export type EvidenceMessage = z.infer<typeof EvidenceMessage>

export const RecheckMessage = z.discriminatedUnion("code", [
  LegacyText,
  message("recheck.device", z.object({ device: Named })),
  message("recheck.port", z.object({ port: Port, link: Named })),
])
export type RecheckMessage = z.infer<typeof RecheckMessage>

const symptoms = [
  message("symptom.port-down", z.object({ port: Port })),
  message("symptom.not-answering", z.object({ device: Named })),
  message("symptom.not-reporting", z.object({ device: Named })),
  message("symptom.agent-offline", z.object({ agent: Named })),
  message("symptom.rule", RuleFinding),
] as const
const SymptomMessage = z.discriminatedUnion("code", symptoms)
export type SymptomMessage = z.infer<typeof SymptomMessage>

export const TimelineMessage = z.discriminatedUnion("code", [
  LegacyText,
  ...symptoms,
  message("recovered.port-up", z.object({ port: Port })),
  message("recovered.port-switched-off", z.object({ port: Port })),
  message("recovered.answers", z.object({ device: Named })),
  message("recovered.reports", z.object({ device: Named })),
  message("recovered.agent-online", z.object({ agent: Named })),
  message("recovered.rule", RuleFinding),
  message("recovered.no-longer-monitored", z.object({ symptom: SymptomMessage })),
  message("timeline.opened", z.object({ title: Title, because: z.array(Reason) })),
  message(
    "timeline.cause-changed",
    z.object({ title: Title, before: Title, because: z.array(Reason) }),
  ),
  /** An alert that opens no incident, because this one explains it. */
  message("timeline.alert-suppressed", RuleFinding),
  /** What was degraded has failed: the same incident goes on. */
  message("timeline.escalated", z.object({ title: Title, before: Title })),
  /** What was dead answers again and still loses packets: its incident stays open. */
  message("timeline.still-lossy", z.object({ lossRatio: z.number().min(0).max(1) })),
  message("timeline.now-degraded", z.object({ title: Title, before: Title })),
  message("timeline.more-at-once", z.object({ count: Count })),
  message("timeline.closed", z.object({ lastedMs: DurationMs, symptoms: Count })),
  message("timeline.check-over", z.object({ lastedMs: DurationMs })),
  message("timeline.merged", z.object({ into: z.string(), number: z.int(), title: Title })),
  message("timeline.acknowledged", z.object({ by: z.string(), note: z.string() })),
  message("timeline.unacknowledged", z.object({ by: z.string() })),
  message("timeline.note", z.object({ text: z.string() })),
  ...workflowMessages,
])
export type TimelineMessage = z.infer<typeof TimelineMessage>
export type WorkflowCode = WorkflowMessage["code"]

const Confidence = z.number().min(0).max(1)
/** What was observed since the last entry. */
const NewEvidence = z.array(
  z.object({ stance: z.enum(["for", "against"]), message: EvidenceMessage }),
)
export type NewEvidence = z.infer<typeof NewEvidence>
export const HistoryMessage = z.discriminatedUnion("code", [
  LegacyText,
  message(
    "history.cause",
    z.object({ title: Title, confidence: Confidence.nullable(), evidence: NewEvidence }),
  ),
  message(
    "history.confidence",
    z.object({ confidence: Confidence, before: Confidence, evidence: NewEvidence }),
  ),
])
export type HistoryMessage = z.infer<typeof HistoryMessage>

const InIncident = z.object({ incident: z.int() })
/** How a device is known: by probes of an agent, or by its own reports. */
const Source = z.object({ by: z.enum(["probes", "reports"]) })
/** Why a status is what it is. `incident` is the number of the incident that explains it. */
export const StatusMessage = z.discriminatedUnion("code", [
  message("status.up", Source),
  message("status.maintenance", z.object({ window: z.string(), at: Status })),
  message("status.source-failing", z.object({ source: z.string(), problem: z.string() })),
  message("status.loss", z.object({})),
  message("status.probe-missed", z.object({})),
  message("status.cause-pending", Source),
  message("status.down", Source),
  message("status.recovering", Source),
  message("status.unreachable", InIncident),
  message("status.agent-isolated", InIncident),
  message("status.agent-offline", z.object({ agent: Named })),
  message("status.readings-rejected", z.object({ agent: Named })),
  message("status.not-probed-since", z.object({ agent: Named })),
  message("status.no-recent-data", z.object({})),
  message("status.not-probed", z.object({})),
  message("status.not-monitored", z.object({})),
  message("status.starting", z.object({})),
  message("status.not-stored", z.object({})),
  message("status.link-cut", InIncident),
  message("status.link-port-down", z.object({})),
  message("status.link-disabled", z.object({})),
  message("status.link-up", z.object({})),
  message("status.link-recovering", z.object({})),
  message("status.link-held", InIncident),
  message("status.link-end-unreachable", z.object({})),
  message("status.link-not-monitored", z.object({})),
  message("status.link-without-port", z.object({})),
  message("status.link-not-read", z.object({})),
])
export type StatusMessage = z.infer<typeof StatusMessage>

export type Message =
  | Title
  | Reason
  | EvidenceMessage
  | RecheckMessage
  | TimelineMessage
  | HistoryMessage
  | StatusMessage
  | FieldMessage
  | ProblemMessage
  | ImportMessage
  | HealthMessage
  | BackupMessage
  | UpdateMessage
  | NotifyMessage
  | CheckMessage
  | AgentNote
  | RemedyMessage
  | RuleMessage
export type Code = Message["code"]
/** By code, what a message of it speaks of. */
export type Params = { readonly [M in Message as M["code"]]: M["params"] }
