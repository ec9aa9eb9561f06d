/**
 * Claims a new appliance by the file that a seed has left in the data folder. The file is consumed
 * at most once: tokens of agents are never made a second time.
 */
import { existsSync, readFileSync, renameSync, rmSync } from "node:fs"
import { join } from "node:path"
import { CLAIM_FILE, Claim } from "../machine/claim.ts"
import { HttpError } from "../platform/http/http-error.ts"
import type { OrgId } from "../platform/ids.ts"
import type { Log } from "../platform/log.ts"
import type { Agents } from "../registry/agents/agents.ts"
import type { Auth } from "../registry/auth/auth.ts"
import type { SeedProblem } from "../seed/model.ts"
import { THIS_APPLIANCE } from "./local-agent.ts"

type Deps = {
  readonly dataDir: string
  readonly auth: Pick<Auth, "claim">
  readonly agents: Pick<Agents, "create" | "presetToken">
  readonly now: () => number
  readonly log: Pick<Log, "info" | "warn">
}
const HOUR_MS = 3_600_000
/** The audit's name for it. */
const BY = "seed of this machine"
const MAX_CLAIM_BYTES = 256 * 1_024

/** Its agents, once the claim itself is done. */
const AGENTS_FILE = `${CLAIM_FILE}.agents`

const parseClaim = (file: string): Claim | SeedProblem => {
  const wrong = (detail: string): SeedProblem => ({ key: CLAIM_FILE, fault: "wrong-value", detail })
  let given: unknown
  try {
    given = JSON.parse(readFileSync(file, "utf8").slice(0, MAX_CLAIM_BYTES))
  } catch {
    return wrong("not JSON")
  }
  const parsed = Claim.safeParse(given)
  // The places alone: values may be secrets.
  return parsed.success
    ? parsed.data
    : wrong(parsed.error.issues.map(({ path }) => path.join(".")).join(", "))
}

const makeAgents = async (
  { agents, now, log }: Deps,
  org: OrgId,
  given: Claim["agents"],
): Promise<readonly SeedProblem[]> => {
  const actor = { ...THIS_APPLIANCE, org }
  const problems: SeedProblem[] = []
  for (const { name, secret, validHours } of given)
    try {
      const { id } = await agents.create(actor, { name, siteId: null, deviceId: null })
      const expiresAtMs = now() + validHours * HOUR_MS
      await agents.presetToken(actor, id, { secret, expiresAtMs })
    } catch (error) {
      if (!(error instanceof HttpError)) throw error
      log.warn({ name, reason: error.code }, "an agent of the seed could not be added")
      problems.push({ key: `agents: ${name}`, fault: "not-applied", detail: error.code })
    }
  return problems
}

/** What was wrong with it. Without the file nothing happens. */
export const applyClaim = async (deps: Deps): Promise<readonly SeedProblem[]> => {
  const { dataDir, auth, log } = deps
  const file = join(dataDir, CLAIM_FILE)
  const left = join(dataDir, AGENTS_FILE)
  rmSync(left, { force: true })
  if (!existsSync(file)) return []
  const claim = parseClaim(file)
  if ("fault" in claim) {
    rmSync(file)
    return [claim]
  }
  const { organisation, administrator, agents } = claim
  const org = await auth.claim({ organisation, ...administrator }, BY)
  renameSync(file, left)
  try {
    if (org === null) {
      log.warn("the appliance was set up before: administrator and agents of the seed are not used")
      return []
    }
    log.info({ organisation, agents: agents.length }, "set up by the seed of this machine")
    return await makeAgents(deps, org, agents)
  } finally {
    rmSync(left, { force: true })
  }
}
