/** Services that still run programs or libraries which an update has replaced on the disk. */
import { readdirSync, readFileSync } from "node:fs"
import { run } from "../system.ts"

const RESTART_MS = 5 * 60_000

/** Mapped to be run, of the system, and gone from the disk: a line of /proc/PID/maps. */
const REPLACED = /^\S+ ..x. .* \/(?:usr|lib|bin|sbin)\S* \(deleted\)$/m

/** What ends sessions, consoles or this update, and what only a restart of the machine replaces. */
const KEPT =
  /^(?:ispvm-update(?:-undo)?|dbus|dbus-broker|systemd-logind|user@.*|(?:.*-)?getty@?.*|ispvm-console)\.service$/

const readProc = (pid: string, name: string): string => {
  try {
    return readFileSync(`/proc/${pid}/${name}`, "utf8")
  } catch {
    // It has ended.
    return ""
  }
}

/** `foo.service`, from the line of cgroup2; null: of no service. */
const serviceOf = (pid: string): string | null => {
  const unit = readProc(pid, "cgroup")
    .trim()
    .split("/")
    .find((part) => part.endsWith(".service"))
  return unit ?? (pid === "1" ? "systemd" : null)
}

export type Outdated = {
  /** Names of units. */
  readonly services: readonly string[]
  /** Whether something is left that a restart of the machine alone replaces. */
  readonly needsReboot: boolean
}
export const findOutdated = (): Outdated => {
  const pids = readdirSync("/proc").filter((name) => /^\d+$/.test(name))
  const found = pids
    .filter((pid) => REPLACED.test(readProc(pid, "maps")))
    .flatMap((pid) => serviceOf(pid) ?? [])
  const all = [...new Set(found)].sort()
  const isRestarted = (unit: string): boolean => unit.endsWith(".service") && !KEPT.test(unit)
  return {
    services: all.filter(isRestarted),
    needsReboot: all.some((unit) => !isRestarted(unit) && !unit.startsWith("ispvm-")),
  }
}

/** Those that do not start again. */
export const restartServices = (units: readonly string[]): readonly string[] =>
  units.filter((unit) => !run("systemctl", ["try-restart", unit], { limitMs: RESTART_MS }).ok)
