import type { Agent } from "../../api/agents.ts"
import { notFound } from "../../platform/http/http-error.ts"
import type { AgentId, OrgId } from "../../platform/ids.ts"
import type { OwnMachine } from "../inventory/inventory.ts"
import { testAccess } from "./access-test.ts"
import { createAgentRecords } from "./agent-records.ts"
import { createDiagnosing } from "./diagnose.ts"
import type { AgentParts, Agents, AgentsDeps } from "./model.ts"
import { present, statusFor } from "./present.ts"
import { readMenus } from "./read.ts"
import type { AgentRow } from "./store.ts"
import { enrolCommand } from "./tokens.ts"

type ForPeople = Pick<
  Agents,
  | "all"
  | "one"
  | "create"
  | "change"
  | "remove"
  | "token"
  | "presetToken"
  | "revoke"
  | "retryUpdate"
  | "test"
  | "read"
  | "diagnosing"
  | "addressOf"
>

const NO_MACHINE: OwnMachine = { allowLoopback: false, ownAddresses: () => [] }

export const forPeople = (
  { dbs, clock, authority, secrets, agentApiUrl, machine = NO_MACHINE }: AgentsDeps,
  {
    liveness,
    tasks,
    problemTracker,
    features,
    reports,
    sent,
    packageOffers,
    disconnect,
    notifyChanged,
  }: AgentParts,
): ForPeople => {
  const shown = (row: AgentRow): Agent => {
    const seen = liveness.of(row.id)
    const problems = problemTracker.of(row.id, seen?.clockSkewMs ?? null)
    return present(row, seen, problems, clock.now(), packageOffers.stateOf(row.id))
  }
  const roster = createAgentRecords({ db: dbs.ui, clock, fingerprint: authority.fingerprint })
  const agentOf = async (org: OrgId, id: string) => {
    const row = await roster.find(org, id)
    if (row === null) return null
    const { name, allowedNetworks } = row
    return {
      id: row.id,
      name,
      allowedNetworks,
      now: statusFor(row, liveness.of(row.id), clock.now()),
    }
  }
  /** After commit: closes the agent's connections and ends what it waits for. */
  const end = (org: OrgId, id: AgentId): void => {
    tasks.drop(id)
    disconnect.emit(id)
    notifyChanged(org, id)
  }
  return {
    all: async (org) => (await roster.all(org)).map(shown),
    one: async (org, id) => {
      const row = await roster.find(org, id)
      if (row === null) throw notFound("agent", id)
      return shown(row)
    },
    create: async (actor, input) => {
      const id = await roster.create(actor, input)
      notifyChanged(actor.org, id)
      return { id }
    },
    change: async (actor, id, patch) => {
      await roster.change(actor, id, patch)
      notifyChanged(actor.org, id)
      return { id }
    },
    remove: async (actor, id) => {
      const agent = await roster.remove(actor, id)
      liveness.forget(agent)
      problemTracker.forget(agent)
      packageOffers.forget(agent)
      features.delete(agent)
      reports.delete(agent)
      sent.forget(agent)
      end(actor.org, agent)
    },
    token: async (actor, id, requestHost) => {
      const { text, expiresAtMs } = await roster.token(actor, id)
      notifyChanged(actor.org, id)
      return { token: text, expiresAtMs, command: enrolCommand(agentApiUrl(requestHost), text) }
    },
    presetToken: async (actor, id, token) => {
      await roster.presetToken(actor, id, token)
      notifyChanged(actor.org, id)
    },
    revoke: async (actor, id) => end(actor.org, await roster.revoke(actor, id)),
    retryUpdate: async (actor, id) => {
      packageOffers.retry(await roster.noteRetry(actor, id))
      notifyChanged(actor.org, id)
    },
    test: (actor, request) =>
      testAccess({ db: dbs.ui, secrets, tasks, machine, agentOf }, actor, request),
    read: (org, request) => readMenus({ tasks, agentOf }, org, request),
    diagnosing: createDiagnosing({ tasks, features: (id) => features.get(id) ?? [], agentOf }),
    addressOf: (id) => liveness.of(id)?.address ?? null,
  }
}
