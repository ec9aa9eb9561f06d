/** Prints menus of a router through an agent, and waits for what they say. Every way this can end is an answer; none is an error page. */
import { randomUUID } from "node:crypto"
import type { ReadResult, TestReason } from "@ispvm/wire"
import type { MethodsInput } from "../../api/inventory.ts"
import { notFound } from "../../platform/http/http-error.ts"
import type { AgentId, OrgId } from "../../platform/ids.ts"
import { accessOf, type Secret } from "./assignment.ts"
import { agentProblemText, remedyOf } from "./remedies.ts"
import type { AgentReason, AgentStatus } from "./status.ts"
import type { ReadTask, Tasks } from "./tasks.ts"

/** What the agent may take, and what the way there and back may add. */
const READ_MS = 20_000
const NETWORK_MARGIN_MS = 4_000

export type ReadRequest = {
  readonly agentId: string
  readonly address: string
  readonly methods: MethodsInput
  readonly secret: Secret
  readonly menus: readonly { readonly menu: string; readonly properties: readonly string[] }[]
}
/** `remedy` says what to do about it. What was read before the trouble came is not told: half an answer looks like missing rows. */
export type ReadAnswer =
  | { readonly ok: true; readonly menus: ReadResult["menus"] }
  | {
      readonly ok: false
      readonly reason: Exclude<AgentReason, "online"> | "no-result" | "no-account" | TestReason
      readonly message: string
      readonly remedy: string
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
  message: "There is no account by which the agent could log in to this router's API.",
  remedy: "Give the device the RouterOS API and a credential with a user name.",
} as const

/** Which step of a test the same trouble would have stood at, for its remedy. */
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
  return { ok: false, reason, message, remedy: remedyOf(stepOf(reason), reason) ?? "Try again." }
}
