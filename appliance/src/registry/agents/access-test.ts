/**
 * Tries an access from the chosen agent before it is saved. Each way to fail is a result, not an
 * HTTP error.
 */
import { randomUUID } from "node:crypto"
import { type Access, checkDestination, literalAddress } from "@ispvm/wire"
import type { TestAnswer, TestRequest } from "../../api/access-test.ts"
import type { FieldError } from "../../api/field-messages.ts"
import { MethodsInput } from "../../api/inventory.ts"
import { type RemedyCode, remedy } from "../../api/notice-messages.ts"
import type { Actor } from "../../platform/http/http.ts"
import { HttpError, invalid, notFound } from "../../platform/http/http-error.ts"
import { may } from "../../platform/http/permissions.ts"
import type { AgentId, OrgId } from "../../platform/ids.ts"
import type { Db, Tx } from "../../platform/postgres/db.ts"
import { write } from "../audit/audit.ts"
import {
  checkSecretUse,
  type OwnMachine,
  type SecretField,
  usesOf,
} from "../inventory/inventory.ts"
import type { Secrets } from "../secrets/secrets.ts"
import { accessOf, type Secret } from "./assignment.ts"
import { agentProblem, answerOf } from "./remedies.ts"
import type { AgentStatus } from "./status.ts"
import { destinationsOf } from "./store.ts"
import type { Tasks } from "./tasks.ts"

/** The agent's own limit, and the time for the transport. */
const TEST_MS = 15_000
const NETWORK_MARGIN_MS = 4_000

export type TestDeps = {
  readonly db: Db
  readonly secrets: Pick<Secrets, "open" | "find">
  readonly tasks: Tasks
  readonly machine: OwnMachine
  readonly agentOf: (
    org: OrgId,
    id: string,
  ) => Promise<{
    id: AgentId
    name: string
    now: AgentStatus
    allowedNetworks: readonly string[]
  } | null>
}
type Deps = TestDeps

const EMPTY: Secret = { username: null, password: null, snmpCommunity: null, snmpV3: null }

/**
 * Typed secrets replace saved ones. SNMP is replaced as a whole, because a saved v3 user would
 * otherwise be used instead of a typed community.
 */
const secretFor = async (deps: Deps, actor: Actor, request: TestRequest): Promise<Secret> => {
  const { credential, credentialId, agentId, address } = request
  const detail = { agentId, address, credentialId, typed: credential !== null }
  const hasSnmp =
    (credential?.snmpCommunity ?? null) !== null || (credential?.snmpV3 ?? null) !== null
  return await deps.db.asOrg(actor.org, async (tx) => {
    const stored =
      credentialId === null ? EMPTY : await deps.secrets.open(tx, actor.org, credentialId)
    const saved: Secret = {
      username: stored.username,
      password: credential?.password == null ? stored.password : null,
      ...(hasSnmp
        ? { snmpCommunity: null, snmpV3: null }
        : {
            snmpCommunity: stored.snmpCommunity,
            snmpVersion: stored.snmpVersion,
            snmpV3: stored.snmpV3,
          }),
    }
    if (credentialId !== null)
      await requireKnownDestination(deps, tx, actor, { ...request, credentialId }, saved)
    await write(tx, actor, "device.access-tested", "device", null, detail)
    return {
      username: credential?.username ?? saved.username,
      password: credential?.password ?? saved.password,
      snmpCommunity: credential?.snmpCommunity ?? saved.snmpCommunity,
      snmpVersion: hasSnmp ? credential?.snmpVersion : saved.snmpVersion,
      snmpV3: credential?.snmpV3 ?? saved.snmpV3,
    }
  })
}

/**
 * A saved secret may be sent where a device is polled with it already; elsewhere only if the actor
 * may send it anywhere.
 */
const requireKnownDestination = async (
  { secrets }: Deps,
  tx: Tx,
  actor: Actor,
  request: TestRequest & { readonly credentialId: string },
  saved: Secret,
): Promise<void> => {
  if (may(actor, "credentials:write")) return
  const { address, agentId, credentialId, methods } = request
  const { name, allowedNetworks } = await secrets.find(tx, actor.org, credentialId)
  const uses = (place: { readonly address: string; readonly methods: MethodsInput }) =>
    usesOf({ ...place, agentId, credentialId }, saved)
  const stored = (await destinationsOf(tx, actor.org, agentId, credentialId)).flatMap((place) => {
    const parsed = MethodsInput.safeParse(place.methods)
    return parsed.success ? uses({ address: place.address, methods: parsed.data }) : []
  })
  const result = checkSecretUse({
    was: stored,
    now: uses({ address, methods }),
    address,
    allowedNetworks,
    typed: null,
  })
  if (result.ok) return
  const fields = result.fields.map(
    (field): FieldError => ({
      path: `credential.${TYPED_IN[field]}`,
      code: "field.secret-for-test",
      params: {},
    }),
  )
  const message =
    `Type the secret of "${name}" again to test it at another address, port or certificate. ` +
    "Sending a saved secret to a new destination needs the permission credentials:write, unless the credential allows its network."
  throw new HttpError(403, "secret-needed", message, { fields })
}
const TYPED_IN: Readonly<Record<SecretField, string>> = {
  password: "password",
  snmpCommunity: "snmpCommunity",
  snmpAuthPassword: "snmpV3.authPassword",
  snmpPrivPassword: "snmpV3.privPassword",
}

/**
 * A test reveals what listens at an address. Therefore the agent's own host and networks that it
 * may not contact are never tested.
 */
const requireDestination = (
  machine: OwnMachine,
  address: string,
  allowedNetworks: readonly string[],
): void => {
  const ip = literalAddress(address)
  if (ip === null) return
  const rules = {
    allowedNetworks,
    allowLoopback: machine.allowLoopback,
    own: machine.ownAddresses(),
  }
  const result = checkDestination(ip, "access", rules)
  if (!result.ok)
    throw invalid([
      {
        path: "address",
        code: "field.destination",
        params: { ip, kind: result.reason, mayBeAllowed: false },
      },
    ])
}

/** A method that cannot be tried without its secret is reported as a step. */
const missingSecrets = (request: TestRequest, access: Access): TestAnswer["steps"] => {
  const step = (name: string, message: string, code: RemedyCode) => ({
    step: name,
    reason: "secret-missing",
    message,
    remedy: remedy(code),
    tookMs: 0,
  })
  return [
    ...(request.methods.routerosApi !== null && access.routerosApi === null
      ? [
          step(
            "login",
            "There is no user name for the RouterOS API.",
            "remedy.login-secret-missing",
          ),
        ]
      : []),
    ...(request.methods.snmp !== null && access.snmp === null
      ? [
          step(
            "snmp",
            "There is no SNMP community and no SNMPv3 user.",
            "remedy.snmp-secret-missing",
          ),
        ]
      : []),
  ]
}

export const testAccess = async (
  deps: Deps,
  actor: Actor,
  request: TestRequest,
): Promise<TestAnswer> => {
  const agent = await deps.agentOf(actor.org, request.agentId)
  if (agent === null) throw notFound("agent", request.agentId)
  requireDestination(deps.machine, request.address, agent.allowedNetworks)
  const { reason } = agent.now
  if (reason !== "online") return agentProblem(reason, agent.name)
  const access = accessOf(request.address, request.methods, await secretFor(deps, actor, request))
  const missing = missingSecrets(request, access)
  const task = { kind: "test-access", id: randomUUID(), access, deadlineMs: TEST_MS } as const
  const result = await deps.tasks.run(agent.id, task, TEST_MS + NETWORK_MARGIN_MS)
  if (result === null) return agentProblem("no-result", agent.name)
  const answer = answerOf(result)
  return missing.length === 0
    ? answer
    : { ...answer, ok: false, steps: [...answer.steps, ...missing] }
}
