/** The modules that know who and what exists: authority, accounts, inventory, agents. */
import { join } from "node:path"
import { type Authority, openAuthority } from "@ispvm/pki"
import type { Config } from "../config.ts"
import { AGENT_FOLDER } from "../machine/update-state.ts"
import { textOf } from "../messages/text.ts"
import type { HostClock } from "../platform/clock.ts"
import type { Counters } from "../platform/counters.ts"
import type { Log } from "../platform/log.ts"
import type { Dbs } from "../platform/postgres/db.ts"
import { type Agents, createAgents } from "../registry/agents/agents.ts"
import {
  type Accounts,
  type ApiTokens,
  type Auth,
  createAccounts,
  createApiTokens,
  createAuth,
  createHashing,
  createWallDisplays,
  type WallDisplays,
} from "../registry/auth/auth.ts"
import { createInventory, type Inventory } from "../registry/inventory/inventory.ts"
import { createSecrets, loadMasterKey, type Secrets } from "../registry/secrets/secrets.ts"
import { ownAddresses } from "./addresses.ts"
import { createAgentPackages } from "./agent-packages.ts"
import { releaseVersion } from "./updates.ts"

export type Registry = {
  readonly authority: Authority
  readonly secrets: Secrets
  readonly auth: Auth
  readonly accounts: Accounts
  readonly tokens: ApiTokens
  readonly walls: WallDisplays
  readonly inventory: Inventory
  readonly agents: Agents
}
type Deps = {
  readonly config: Config
  readonly dbs: Dbs
  readonly clock: HostClock
  readonly counters: Counters
  readonly log: Log
  readonly onError: (error: unknown) => void
  /** Base URL of the agent API for an operator who reaches the appliance as `host`. */
  readonly agentApiUrl: (host: string) => string
}

const reportProblems = (
  counters: Counters,
  log: Log,
): NonNullable<Parameters<typeof createAgents>[0]["onProblem"]> => {
  const problems = counters.counter("agent_problems_total", "Problems found on agents, by reason", [
    "reason",
  ])
  return (agent, { reason, message }) => {
    problems.inc({ reason })
    log.warn({ agent: agent.id, name: agent.name, reason }, textOf(message))
  }
}

const agentPackages = (
  { ISPVM_UPDATE_DIR: folder }: Config,
  { steady }: HostClock,
): ReturnType<typeof createAgentPackages> =>
  createAgentPackages({
    folder: () => (folder === null ? null : join(folder, AGENT_FOLDER)),
    ownVersion: releaseVersion(""),
    steady: () => steady.now(),
  })

export const openRegistry = async (
  { config, dbs, clock, counters, log, onError, agentApiUrl }: Deps,
  stack: AsyncDisposableStack,
): Promise<Registry> => {
  const authority = await openAuthority({ directory: join(config.dataDir, "pki"), now: clock.now })
  const masterKey = loadMasterKey(config.ENCRYPTION_MASTER_KEY, config.dataDir)
  const secrets = createSecrets({ key: masterKey })
  const hashing = createHashing()
  stack.defer(() => hashing.stop())
  const allowLoopback = ["1", "on"].includes(config.ISPVM_ALLOW_LOOPBACK)
  const machine = { allowLoopback, ownAddresses }
  const inventory = createInventory({ db: dbs.ui, secrets, onError, machine })
  const agents = createAgents({
    dbs,
    clock,
    authority,
    secrets,
    masterKey,
    machine,
    changes: inventory.changes,
    agentApiUrl,
    collectorIntervals: config.ISPVM_COLLECTOR_INTERVALS ?? {},
    packages: agentPackages(config, clock),
    onProblem: reportProblems(counters, log),
    onError,
  })
  agents.start()
  stack.defer(() => agents.stop())
  return {
    authority,
    secrets,
    auth: createAuth({ db: dbs.ui, clock, hashing, onError }),
    accounts: createAccounts({ db: dbs.ui, clock, hashing }),
    tokens: createApiTokens({ db: dbs.ui, clock }),
    walls: createWallDisplays({ db: dbs.ui, clock }),
    inventory,
    agents,
  }
}
