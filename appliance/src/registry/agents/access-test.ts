/** Tries an access on the chosen agent before it is saved. Every way this can end is an answer; none is an error page. */
import { randomUUID } from "node:crypto"
import type { Access } from "@ispvm/agent/wire"
import type { TestAnswer, TestRequest } from "../../api/inventory.ts"
import type { Db } from "../../platform/db.ts"
import { notFound } from "../../platform/errors.ts"
import type { Actor } from "../../platform/http.ts"
import type { AgentId, OrgId } from "../../platform/ids.ts"
import { write } from "../audit/audit.ts"
import type { Secrets } from "../secrets/secrets.ts"
import { accessOf, type Secret } from "./assignment.ts"
import { agentTrouble, answerOf } from "./remedies.ts"
import type { AgentStatus } from "./status.ts"
import type { Tasks } from "./tasks.ts"

/** What the agent may take, and what the way there and back may add. */
const TEST_MS = 15_000
const TRAVEL_MS = 4_000

type Deps = {
  readonly db: Db
  readonly secrets: Pick<Secrets, "open">
  readonly tasks: Tasks
  readonly agentOf: (org: OrgId, id: string) => Promise<{ id: AgentId; name: string; now: AgentStatus } | null>
}

const EMPTY: Secret = { username: null, password: null, snmpCommunity: null, snmpV3: null }

/** What was typed wins over what is saved; the saved secrets fill what was left out. */
const secretFor = async (deps: Deps, actor: Actor, request: TestRequest): Promise<Secret> => {
  const { credential, credentialId, agentId, address } = request
  const detail = { agentId, address, credentialId, typed: credential !== null }
  return await deps.db.asOrg(actor.org, async (tx) => {
    const saved = credentialId === null ? EMPTY : await deps.secrets.open(tx, actor.org, credentialId)
    await write(tx, actor, "device.access-tested", "device", null, detail)
    return {
      username: credential?.username ?? saved.username,
      password: credential?.password ?? saved.password,
      snmpCommunity: credential?.snmpCommunity ?? saved.snmpCommunity,
      snmpV3: credential?.snmpV3 ?? saved.snmpV3,
    }
  })
}

/** A method that was asked for and cannot be tried for want of a secret is said, not silently left out. */
const missingSecrets = (request: TestRequest, access: Access): TestAnswer["steps"] => {
  const step = (name: string, message: string, remedy: string) => ({
    step: name,
    reason: "secret-missing",
    message,
    remedy,
    tookMs: 0,
  })
  return [
    ...(request.methods.routerosApi !== null && access.routerosApi === null
      ? [
          step(
            "login",
            "There is no user name for the RouterOS API.",
            "Choose a credential that has a user name and password, or type them.",
          ),
        ]
      : []),
    ...(request.methods.snmp !== null && access.snmp === null
      ? [step("snmp", "There is no SNMP community and no SNMPv3 user.", "Choose a credential that has one, or type it.")]
      : []),
  ]
}

export const testAccess = async (deps: Deps, actor: Actor, request: TestRequest): Promise<TestAnswer> => {
  const agent = await deps.agentOf(actor.org, request.agentId)
  if (agent === null) throw notFound("agent", request.agentId)
  const { reason } = agent.now
  if (reason !== "heard") return agentTrouble(reason, agent.name)
  const access = accessOf(request.address, request.methods, await secretFor(deps, actor, request))
  const missing = missingSecrets(request, access)
  const task = { kind: "test-access", id: randomUUID(), access, deadlineMs: TEST_MS } as const
  const result = await deps.tasks.run(agent.id, task, TEST_MS + TRAVEL_MS)
  if (result === null) return agentTrouble("no-result", agent.name)
  const answer = answerOf(result)
  return missing.length === 0 ? answer : { ...answer, ok: false, steps: [...answer.steps, ...missing] }
}
