/** Runs a diagnostic through an agent. Each way to fail is a result, not an HTTP error. */
import { randomUUID } from "node:crypto"
import type { DeviceId, DiagnosisResult, Diagnostic, Feature } from "@ispvm/wire"
import type { MethodsInput } from "../../api/inventory.ts"
import type { AgentId, OrgId } from "../../platform/ids.ts"
import { accessOf, type Secret } from "./assignment.ts"
import type { AgentReason, AgentStatus } from "./status.ts"
import type { Tasks } from "./tasks.ts"

/** Longer than the longest run of an agent, with the time for the transport. */
const LONGEST_MS = 140_000

export type DiagnoseReadiness =
  | { readonly state: "ready"; readonly id: AgentId; readonly name: string }
  | {
      readonly state: Exclude<AgentReason, "online"> | "too-old"
      readonly name: string
    }
export type DiagnoseRequest = {
  readonly id: string
  readonly agent: AgentId
  readonly device: DeviceId
  readonly address: string
  readonly methods: MethodsInput
  /** Null: no account is sent. */
  readonly secret: Secret | null
  readonly diagnostic: Diagnostic
}
/** What an agent has printed; null: it sent no end in time, or is gone. */
export type OnDiagnosis = (result: DiagnosisResult | null) => void

export type Diagnosing = {
  /** Null: there is no such agent. */
  readonly readiness: (org: OrgId, agent: string) => Promise<DiagnoseReadiness | null>
  readonly run: (request: DiagnoseRequest, onResult: OnDiagnosis) => void
  readonly cancel: (agent: AgentId, run: string) => void
}
type Deps = {
  readonly tasks: Pick<Tasks, "diagnose" | "queue">
  readonly features: (agent: AgentId) => readonly Feature[]
  readonly agentOf: (
    org: OrgId,
    id: string,
  ) => Promise<{ id: AgentId; name: string; now: AgentStatus } | null>
}

export const createDiagnosing = ({ tasks, features, agentOf }: Deps): Diagnosing => ({
  readiness: async (org, agent) => {
    const found = await agentOf(org, agent)
    if (found === null) return null
    const { id, name, now } = found
    if (now.reason !== "online") return { state: now.reason, name }
    // An agent of an earlier release rejects a poll for tasks with one that it does not know.
    return features(id).includes("diagnostics")
      ? { state: "ready", id, name }
      : { state: "too-old", name }
  },
  run: ({ id, agent, device, address, methods, secret, diagnostic }, onResult) => {
    const access = { ...accessOf(address, methods, secret), snmp: null }
    tasks.diagnose(
      agent,
      { kind: "diagnose", id, device, access, diagnostic },
      LONGEST_MS,
      onResult,
    )
  },
  cancel: (agent, run) => tasks.queue(agent, { kind: "cancel", id: randomUUID(), run }),
})
