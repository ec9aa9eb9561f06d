/**
 * Groups of tests that run simulated networks share no addresses and ports where each process has a
 * network namespace of its own. It needs root and Linux; elsewhere such groups run one after another.
 */
import { spawnSync } from "node:child_process"
import { readFileSync } from "node:fs"

const PING_RANGE = "/proc/sys/net/ipv4/ping_group_range"

/** Words before a command. A new namespace has its loopback down and lets no user ping. */
const prefixWith = (pingRange: string): readonly string[] => [
  "unshare",
  "--net",
  "--",
  "sh",
  "-c",
  `ip link set lo up && echo "${pingRange}" > ${PING_RANGE} && exec "$@"`,
  "sh",
]

/** Words before a command that give it its own network; null where that is not possible. */
export const ownNetwork = (): readonly string[] | null => {
  if (process.platform !== "linux" || process.getuid?.() !== 0) return null
  const pingRange = readFileSync(PING_RANGE, "utf8").trim().replace("\t", " ")
  const prefix = prefixWith(pingRange)
  const [command = "", ...args] = prefix
  return spawnSync(command, [...args, "true"]).status === 0 ? prefix : null
}
