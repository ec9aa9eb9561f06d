/** What a running system opens to others: sockets, services, files. Sorted lines for golden files. */
import { spawnSync } from "node:child_process"
import { type Container, SEARCH_PATH } from "./container.ts"

const lines = (text: string): readonly string[] => text.split("\n").filter((line) => line !== "")
const sorted = (found: readonly string[]): readonly string[] => [...new Set(found)].sort()

/** Where a socket can be reached from. */
const reachOf = (address: string): string => {
  if (/^127\.|^\[::1\]|%lo$/.test(address)) return "loopback"
  if (/^\[?fe80:/.test(address)) return "link"
  return ["*", "0.0.0.0", "[::]"].includes(address.replace(/%.*/, "")) ? "everywhere" : address
}

/** `tcp 443 everywhere ispvm.service` */
export const listeningSockets = ({ run, tryRun }: Container): readonly string[] =>
  sorted(
    lines(
      run("ss", "--no-header", "--listening", "--tcp", "--udp", "--numeric", "--processes"),
    ).map((line) => {
      const [protocol = "", , , , local = ""] = line.split(/\s+/)
      const [, address = "", port = ""] = /^(.*):(\d+)$/.exec(local) ?? []
      const [, pid = ""] = /pid=(\d+)/.exec(line) ?? []
      const unit = tryRun("cat", `/proc/${pid}/cgroup`).stdout.trim().split("/").at(-1) ?? ""
      return `${protocol} ${port} ${reachOf(address)} ${unit}`
    }),
  )

/** They run for half a minute after somebody has asked them, or for a login. */
const ON_DEMAND =
  /^(?:systemd-(?:timedated|hostnamed|localed)|user@\d+|user-runtime-dir@\d+)\.service$/

/** Services that run; ours with their exposure as systemd computes it. */
export const runningServices = ({ run, tryRun }: Container): readonly string[] =>
  lines(
    run("systemctl", "list-units", "--type=service", "--state=running", "--plain", "--no-legend"),
  )
    .map((line) => line.split(/\s+/)[0] ?? "")
    .filter((unit) => !ON_DEMAND.test(unit))
    .map((unit) => {
      if (!unit.startsWith("ispvm")) return unit
      const { stdout } = tryRun("systemd-analyze", "security", "--no-pager", unit)
      return `${unit} exposure ${/exposure level for \S+: ([\d.]+)/.exec(stdout)?.[1] ?? "unknown"}`
    })
    .sort()

const AS_NOBODY = ["setpriv", "--reuid=nobody", "--regid=nogroup", "--clear-groups"]
const ON_DISK = ["find", "/", "-xdev", "-type", "f", "-readable"]
const IN_RUN = ["find", "/run", "-path", "/run/ispvm*", "-type", "f", "-readable"]

/** Files that a user without any right can read, in a root that does not run. */
export const readableFiles = (root: string): ReadonlySet<string> => {
  const { stdout, error } = spawnSync("chroot", [root, ...AS_NOBODY, ...ON_DISK], {
    encoding: "utf8",
    env: { PATH: SEARCH_PATH },
    maxBuffer: 64 * 1024 * 1024,
  })
  if (error !== undefined) throw error
  return new Set(lines(stdout))
}

/** Those that have come since then. An id of this machine alone is written as ID. */
export const newReadableFiles = (
  { tryRun }: Container,
  before: ReadonlySet<string>,
): readonly string[] =>
  sorted(
    [ON_DISK, IN_RUN]
      .flatMap((search) => lines(tryRun(...AS_NOBODY, ...search).stdout))
      .filter((path) => !before.has(path))
      .map((path) => path.replaceAll(/[0-9a-f]{32}/g, "ID")),
  )
