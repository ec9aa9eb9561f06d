/** The programs of Debian that an update runs: systemd, dpkg, tools. Each with a limit. */
import { type SpawnSyncReturns, spawnSync } from "node:child_process"
import { readlinkSync } from "node:fs"
import { parseUnit, UNIT_PROPERTIES, type UnitFacts } from "./gate.ts"
import type { PackageName } from "./releases.ts"

const SHORT_MS = 30_000
const MAX_OUTPUT_BYTES = 16_000_000
const ENVIRONMENT = {
  PATH: "/usr/sbin:/usr/bin:/sbin:/bin",
  LC_ALL: "C.UTF-8",
  DEBIAN_FRONTEND: "noninteractive",
}

export type Ran = { readonly ok: boolean; readonly stdout: string; readonly stderr: string }
const asRan = ({ status, stdout, stderr, error }: SpawnSyncReturns<string>): Ran => ({
  ok: status === 0,
  stdout: stdout ?? "",
  stderr: error === undefined ? (stderr ?? "") : error.message,
})

export const run = (
  command: string,
  args: readonly string[],
  { limitMs = SHORT_MS, env = {} }: { limitMs?: number; env?: Record<string, string> } = {},
): Ran =>
  asRan(
    spawnSync(command, args, {
      encoding: "utf8",
      stdio: ["ignore", "pipe", "pipe"],
      timeout: limitMs,
      killSignal: "SIGKILL",
      maxBuffer: MAX_OUTPUT_BYTES,
      env: { ...ENVIRONMENT, ...env },
    }),
  )

export const unitFacts = (unit: string): UnitFacts =>
  parseUnit(run("systemctl", ["show", `--property=${UNIT_PROPERTIES}`, unit]).stdout)

/** Does not wait: a release whose start hangs must not hold this up. */
export const restart = (unit: string): boolean =>
  run("systemctl", ["--no-block", "restart", unit]).ok
export const start = (unit: string): boolean => run("systemctl", ["start", unit]).ok
export const stop = (unit: string): boolean =>
  run("systemctl", ["stop", unit], { limitMs: 2 * SHORT_MS }).ok
export const isActive = (unit: string): boolean =>
  run("systemctl", ["is-active", "--quiet", unit]).ok

/** What the unit's processes said; what systemd says of them where they said nothing. */
export const lastLines = (unit: string, count: number): string => {
  const read = (of: string): string =>
    run("journalctl", [of, `--lines=${count}`, "--output=cat", "--no-pager"])
      .stdout.trim()
      .slice(-1_000)
  return read(`_SYSTEMD_UNIT=${unit}.service`) || read(`--unit=${unit}`)
}

/** Which release the unit's process was started from; null: it does not run. */
export const runningRelease = (name: PackageName): string | null => {
  const pid = run("systemctl", ["show", "--property=MainPID", "--value", name]).stdout.trim()
  if (pid === "" || pid === "0") return null
  try {
    const [, version] = /\/releases\/([^/]+)\//.exec(readlinkSync(`/proc/${pid}/exe`)) ?? []
    return version ?? null
  } catch {
    return null
  }
}

export const isLater = (one: string, other: string): boolean =>
  run("dpkg", ["--compare-versions", one, "gt", other]).ok

export const architecture = (): string => run("dpkg", ["--print-architecture"]).stdout.trim()

/** Null: systemd does not know. */
export const isClockSynchronized = (): boolean | null => {
  const { stdout } = run("timedatectl", ["show", "--property=NTPSynchronized", "--value"])
  const answer = stdout.trim()
  return answer === "yes" ? true : answer === "no" ? false : null
}
