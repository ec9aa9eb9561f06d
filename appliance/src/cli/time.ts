/** `ispvm time`: the time servers of this machine, through chrony. */
import { spawnSync } from "node:child_process"
import { existsSync, readFileSync } from "node:fs"
import { applyFiles } from "../machine/apply-files.ts"
import { TIME_FILE, timeFile } from "../machine/settings-files.ts"
import { seedProblemText } from "../seed/problems.ts"
import { parseSeed } from "../seed/seed.ts"
import { EXIT, fail, needsRoot, print } from "./exit.ts"

const USAGE = "usage: ispvm time show | ispvm time servers HOST…"

const outputOf = (command: string, ...args: readonly string[]): string =>
  spawnSync(command, args, { encoding: "utf8" }).stdout ?? ""

const show = (): number => {
  const servers = existsSync(TIME_FILE)
    ? [...readFileSync(TIME_FILE, "utf8").matchAll(/^(?:server|pool) (\S+)/gm)].map(
        ([, name]) => name ?? "",
      )
    : []
  const isFollowing =
    outputOf("timedatectl", "show", "--property=NTPSynchronized", "--value").trim() === "yes"
  print(
    `time          ${new Date().toISOString().slice(0, 19).replace("T", " ")} UTC`,
    `synchronised  ${isFollowing ? "yes" : "no"}`,
    `servers       ${servers.join(" ") || "none of ours"}`,
  )
  return EXIT.fine
}

const change = (servers: readonly string[]): number => {
  const { seed, problems } = parseSeed({ ntp: servers })
  if (problems.length > 0 || seed.ntp === undefined || seed.ntp.length === 0)
    return fail(problems.map(seedProblemText).join("; ") || USAGE, EXIT.usage)
  applyFiles([timeFile(seed.ntp)])
  const restart = spawnSync("systemctl", ["try-restart", "chrony.service"], { stdio: "ignore" })
  if (restart.status !== 0) return fail("the setting is written, but chrony does not restart")
  print(`Time servers: ${seed.ntp.join(" ")}`)
  return EXIT.fine
}

export const time = async ([command, ...args]: readonly string[]): Promise<number> => {
  if (command === "show" && args.length === 0) return show()
  if (command === "servers" && args.length > 0) return needsRoot() ?? change(args)
  return fail(USAGE, EXIT.usage)
}
