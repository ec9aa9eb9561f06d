/** Prints menus of a router through an agent. Each way to fail is a result, not an HTTP error. */
import { randomUUID } from "node:crypto"
import type { ReadResult, TestReason } from "@ispvm/wire"
import type { MethodsInput } from "../../api/inventory.ts"
import { type RemedyMessage, remedy } from "../../api/notice-messages.ts"
import { notFound } from "../../platform/http/http-error.ts"
import type { AgentId, OrgId } from "../../platform/ids.ts"
import { accessOf, type Secret } from "./assignment.ts"
import { agentProblemText, remedyOf } from "./remedies.ts"
import type { AgentReason, AgentStatus } from "./status.ts"
import type { ReadTask, Tasks } from "./tasks.ts"

/** The agent's own limit, and the time for the transport. */
const READ_MS = 20_000
const NETWORK_MARGIN_MS = 4_000

export type ReadRequest = {
  readonly agentId: string
  readonly address: string
  readonly methods: MethodsInput
  readonly secret: Secret
  readonly menus: readonly { readonly menu: string; readonly properties: readonly string[] }[]
}
/**
 * `remedy` says what to do. Rows that were read before a failure are dropped: a partial answer
 * looks like missing rows.
 */
export type ReadAnswer =
  | { readonly ok: true; readonly menus: ReadResult["menus"] }
  | {
      readonly ok: false
      readonly reason: Exclude<AgentReason, "online"> | "no-result" | "no-account" | TestReason
      readonly message: string
      readonly remedy: RemedyMessage
    }
type Deps = {
  readonly tasks: Pick<Tasks, "read">
  readonly agentOf: (
    org: OrgId,
    id: string,
  ) => Promise<{ id: AgentId; name: string; now: AgentStatus } | null>
}

const NO_ACCOUNT = {
  ok: false,
  reason: "no-account",
  message: "The agent cannot log in to this router's API: the device has no account for it.",
  remedy: remedy("remedy.no-account"),
} as const

/** The step of an access test with the same failure, for its remedy. */
const stepOf = (reason: TestReason) =>
  reason === "wrong-credentials" ||
  reason === "not-permitted" ||
  reason === "unconfirmed-certificate"
    ? "login"
    : "read"

export const readMenus = async (
  { tasks, agentOf }: Deps,
  org: OrgId,
  request: ReadRequest,
): Promise<ReadAnswer> => {
  const agent = await agentOf(org, request.agentId)
  if (agent === null) throw notFound("agent", request.agentId)
  if (agent.now.reason !== "online") {
    const { reason } = agent.now
    return { ok: false, reason, ...agentProblemText(reason, agent.name) }
  }
  const access = { ...accessOf(request.address, request.methods, request.secret), snmp: null }
  if (access.routerosApi === null) return NO_ACCOUNT
  const menus = request.menus.map(({ menu, properties }) => ({ menu, properties: [...properties] }))
  const task = {
    kind: "read",
    id: randomUUID(),
    access,
    menus,
    deadlineMs: READ_MS,
  } satisfies ReadTask
  const result = await tasks.read(agent.id, task, READ_MS + NETWORK_MARGIN_MS)
  if (result === null)
    return { ok: false, reason: "no-result", ...agentProblemText("no-result", agent.name) }
  if (result.trouble === null) return { ok: true, menus: result.menus }
  const { reason, message } = result.trouble
  return {
    ok: false,
    reason,
    message,
    remedy: remedyOf(stepOf(reason), reason) ?? remedy("remedy.agent-no-result"),
  }
}
