/** Leaves the agent's packages of a release where the appliance offers them to agents elsewhere. */
import { chmodSync, cpSync, existsSync, readdirSync, renameSync, rmSync } from "node:fs"
import { join } from "node:path"
import { AGENT_FOLDER, UPDATE_FOLDER } from "../../machine/update-state.ts"
import { FOR_AGENTS } from "./bundle.ts"

/** Of root alone: what dpkg reads must be what was checked. */
export const PACKAGE_FOLDER = join(UPDATE_FOLDER, "work/packages")

/** Agents follow an appliance that works. May be cut off and run again. */
export const publishForAgents = (
  from = join(PACKAGE_FOLDER, FOR_AGENTS),
  to = join(UPDATE_FOLDER, AGENT_FOLDER),
): void => {
  if (!existsSync(from)) return
  const unfinished = `${to}.new`
  rmSync(unfinished, { recursive: true, force: true })
  cpSync(from, unfinished, { recursive: true })
  chmodSync(unfinished, 0o755)
  for (const name of readdirSync(unfinished)) chmodSync(join(unfinished, name), 0o644)
  rmSync(to, { recursive: true, force: true })
  renameSync(unfinished, to)
}
