/** `ispvm status`: what runs on this machine. Exits 0 when all of it is well, else 1. */
import { execFile } from "node:child_process"
import { createHash, X509Certificate } from "node:crypto"
import { readFileSync, statfsSync } from "node:fs"
import { get } from "node:https"
import { join } from "node:path"
import { setTimeout as delay } from "node:timers/promises"
import { parseArgs, promisify } from "node:util"
import type { SeedProblem } from "../seed/model.ts"
import { readSeedProblems, seedProblemText } from "../seed/problems.ts"
import { EXIT, fail } from "./exit.ts"

const run = promisify(execFile)
const RELEASE_FILE = join(import.meta.dirname, "../../../release.json")
const RUNTIME_DIR = "/run/ispvm"
export const DATA_DIR = "/var/lib/ispvm"
const UNITS = ["ispvm-database", "ispvm", "ispvm-agent"] as const
/** The agent may be on other machines only. */
const OPTIONAL_UNITS: ReadonlySet<string> = new Set(["ispvm-agent"])
const READY_TIMEOUT_MS = 5_000
const WAIT_POLL_MS = 1_000
const MAX_WAIT_S = 86_400
const BYTES_PER_GB = 1e9
const LOW_DISK = 0.1

export type Status = {
  readonly version: string
  readonly services: Readonly<Record<string, string>>
  readonly ready: boolean
  /** Why it is not, as the appliance says. */
  readonly problems: readonly string[]
  /** Null: already used, or this user may not read it. */
  readonly setupCode: string | null
  /** SHA-256 of the root certificate, base64url, as the tokens of agents end; null: unreadable. */
  readonly fingerprint: string | null
  /** What was wrong with the seed of this machine. */
  readonly seedProblems: readonly SeedProblem[]
  readonly disk: { readonly freeBytes: number; readonly totalBytes: number } | null
}

const readText = (file: string): string | null => {
  try {
    return readFileSync(file, "utf8").trim()
  } catch {
    return null
  }
}

const unitState = async (unit: string): Promise<string> => {
  const { stdout } = await run("systemctl", [
    "show",
    "--property=LoadState,ActiveState",
    unit,
  ]).catch(() => ({ stdout: "" }))
  const value = (key: string) => new RegExp(`^${key}=(.*)$`, "m").exec(stdout)?.[1] ?? "unknown"
  return value("LoadState") === "not-found" ? "not installed" : value("ActiveState")
}

/** Over loopback on this machine: whose certificate it is does not matter for the answer. */
const readiness = (port: number): Promise<Pick<Status, "ready" | "problems">> =>
  new Promise((resolve) => {
    const options = { host: "127.0.0.1", port, path: "/readyz", rejectUnauthorized: false }
    const request = get({ ...options, timeout: READY_TIMEOUT_MS }, (answer) => {
      let text = ""
      answer.setEncoding("utf8").on("data", (chunk: string) => {
        text += chunk
      })
      answer.on("end", () => {
        const ready = answer.statusCode === 200
        resolve({ ready, problems: ready ? [] : [text.trim() || `HTTP ${answer.statusCode}`] })
      })
    })
    request.on("timeout", () => request.destroy(new Error("no answer within 5 s")))
    request.on("error", ({ message }) => resolve({ ready: false, problems: [message] }))
  })

/**
 * Until the appliance is ready, or `limitMs` later. One program waits: on a small machine, a new one
 * every few seconds takes as much of the processor as the appliance's own start.
 */
export const waitUntilReady = async (port: number, limitMs: number): Promise<void> => {
  const endMs = performance.now() + limitMs
  while (!(await readiness(port)).ready) {
    const leftMs = endMs - performance.now()
    if (leftMs <= 0) return
    await delay(Math.min(WAIT_POLL_MS, leftMs))
  }
}

const diskOf = (path: string): Status["disk"] => {
  try {
    const { bavail, blocks, bsize } = statfsSync(path)
    return { freeBytes: bavail * bsize, totalBytes: blocks * bsize }
  } catch {
    return null
  }
}

const rootFingerprint = (): string | null => {
  try {
    const { raw } = new X509Certificate(readFileSync(join(DATA_DIR, "pki/root.crt")))
    return createHash("sha256").update(raw).digest("base64url")
  } catch {
    return null
  }
}

const UI_PORT = 443
export const uiPort = (): number => {
  const line = /^ISPVM_HTTP_PORT=(\d+)$/m.exec(readText("/etc/ispvm/ispvm.conf") ?? "")
  return line === null ? UI_PORT : Number(line[1])
}

export const readStatus = async (): Promise<Status> => {
  const { version = "unknown" } = JSON.parse(readText(RELEASE_FILE) ?? "{}")
  const states = await Promise.all(UNITS.map(async (unit) => [unit, await unitState(unit)]))
  return {
    version,
    services: Object.fromEntries(states),
    ...(await readiness(uiPort())),
    setupCode: readText(join(RUNTIME_DIR, "setup-code")),
    fingerprint: rootFingerprint(),
    seedProblems: readSeedProblems(DATA_DIR),
    disk: diskOf(DATA_DIR),
  }
}

export const isWell = ({ services, ready, disk }: Status): boolean =>
  ready &&
  Object.entries(services).every(
    ([unit, state]) => state === "active" || OPTIONAL_UNITS.has(unit),
  ) &&
  (disk === null || disk.freeBytes / disk.totalBytes >= LOW_DISK)

export const gigabytes = (bytes: number): string => `${(bytes / BYTES_PER_GB).toFixed(1)} GB`

const asText = (status: Status): string => {
  const { version, services, ready, problems, setupCode, disk, fingerprint, seedProblems } = status
  const lines: (readonly [string, string])[] = [
    ["version", version],
    ...Object.entries(services),
    ["ready", ready ? "yes" : `no: ${problems.join("; ")}`],
    ...(disk === null
      ? []
      : [["disk", `${gigabytes(disk.freeBytes)} free of ${gigabytes(disk.totalBytes)}`] as const]),
    ...(fingerprint === null ? [] : [["fingerprint", fingerprint] as const]),
    ...(setupCode === null ? [] : [["setup code", setupCode] as const]),
    ...seedProblems.map((problem) => ["seed", seedProblemText(problem)] as const),
  ]
  const width = Math.max(...lines.map(([name]) => name.length))
  return `${lines.map(([name, value]) => `${name.padEnd(width)}  ${value}`).join("\n")}\n`
}

const USAGE = "usage: ispvm status [--json] [--wait SECONDS]"
const OPTIONS = { json: { type: "boolean" }, wait: { type: "string" } } as const

type Options = { readonly isJson: boolean; readonly waitS: number }
const parseOptions = (args: readonly string[]): Options | null => {
  try {
    const { values } = parseArgs({ args: [...args], options: OPTIONS })
    const { json: isJson = false, wait = "0" } = values
    const waitS = /^\d{1,5}$/.test(wait) ? Number(wait) : Number.NaN
    return waitS <= MAX_WAIT_S ? { isJson, waitS } : null
  } catch {
    return null
  }
}

export const status = async (args: readonly string[]): Promise<number> => {
  const options = parseOptions(args)
  if (options === null) return fail(USAGE, EXIT.usage)
  if (options.waitS > 0) await waitUntilReady(uiPort(), options.waitS * 1_000)
  const found = await readStatus()
  process.stdout.write(options.isJson ? `${JSON.stringify(found)}\n` : asText(found))
  return isWell(found) ? EXIT.fine : EXIT.fault
}
