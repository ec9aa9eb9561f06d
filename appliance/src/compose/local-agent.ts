/**
 * The agent that the appliance brings along: a process of its own, enrolled like any other. Made once after the claim, kept
 * running, stopped with us. An operator who revokes or removes it is obeyed.
 */
import { type ChildProcess, spawn } from "node:child_process"
import {
  chmodSync,
  existsSync,
  mkdirSync,
  readFileSync,
  renameSync,
  rmSync,
  writeFileSync,
} from "node:fs"
import { join } from "node:path"
import { setTimeout as delay } from "node:timers/promises"
import { z } from "zod"
import { RESTORED_AGENT_FILE } from "../operate/backup/backup.ts"
import { backOffMs } from "../platform/back-off.ts"
import type { Actor } from "../platform/http/http.ts"
import { HttpError } from "../platform/http/http-error.ts"
import { AccountId, AgentId, OrgId } from "../platform/ids.ts"
import type { Log } from "../platform/log.ts"
import { describeProcess, isAlive } from "../platform/postgres/lock.ts"
import type { Agents } from "../registry/agents/agents.ts"

export type LocalAgentDeps = {
  readonly agents: Pick<Agents, "create" | "token" | "one" | "all">
  readonly dataDir: string
  /** Base URL of the agent API from this host. */
  readonly agentApiUrl: string
  /** Settings of the agent's own, passed on as they are. */
  readonly env: Readonly<Record<string, string>>
  readonly log: Log
}
export type LocalAgent = {
  /** Makes the record where there is none, then keeps the process running. Safe to call again. */
  readonly start: (org: OrgId) => void
  /** Resolves when the process is gone. */
  readonly stop: () => Promise<void>
}

const PROGRAM = join(import.meta.dirname, "../../../agent/src/main.ts")
const RESTART = { firstMs: 1_000, longestMs: 30_000 } as const
/** A run at least this long counts as healthy: the next wait is the first one again. */
const HEALTHY_MS = 60_000
const STOP_MS = 10_000
/** How soon a used token is removed. */
const USED_CHECK_MS = 2_000

const LocalAgentRecord = z.strictObject({ org: OrgId, agent: AgentId })
const recordFile = (dataDir: string): string => join(dataDir, "local-agent.json")
const readRecord = (dataDir: string): z.infer<typeof LocalAgentRecord> =>
  LocalAgentRecord.parse(JSON.parse(readFileSync(recordFile(dataDir), "utf8")))

export const createLocalAgent = (deps: LocalAgentDeps): LocalAgent => {
  const { dataDir, log } = deps
  const folder = join(dataDir, "agent")
  const stopping = new AbortController()
  let child: ChildProcess | null = null
  let running: Promise<void> | null = null

  const run = async (org: OrgId): Promise<void> => {
    mkdirSync(folder, { recursive: true, mode: 0o700 })
    await stopOrphan(join(folder, "process"), log)
    let failures = 0
    while (!stopping.signal.aborted) {
      const startedMs = performance.now()
      try {
        const start = await prepare(deps, folder, org)
        if (start === null) return
        const code = await runOnce(start.token)
        if (!stopping.signal.aborted)
          log.warn({ code }, "the local agent has ended; it is started again")
      } catch (error) {
        log.error({ err: error }, "the local agent could not be started; tried again")
      }
      failures = performance.now() - startedMs > HEALTHY_MS ? 0 : failures + 1
      await delay(backOffMs(failures, RESTART), undefined, { signal: stopping.signal }).catch(
        () => undefined,
      )
    }
  }

  const runOnce = (token: string | null): Promise<number | string> =>
    new Promise((resolve, reject) => {
      // The token is passed by environment: arguments are readable by everybody on the host.
      const env = {
        ...deps.env,
        ISPVM_AGENT_DATA_DIR: folder,
        ISPVM_URL: deps.agentApiUrl,
        ...(token === null ? {} : { ISPVM_TOKEN: token }),
      }
      // Its standard output joins our standard error: ours is for people.
      child = spawn(process.execPath, [PROGRAM], { env, stdio: ["ignore", 2, 2] })
      child.once("error", reject)
      child.once("exit", (code, signal) => {
        child = null
        rmSync(join(folder, "process"), { force: true })
        resolve(code ?? signal ?? "unknown")
      })
      if (child.pid !== undefined)
        writeFileSync(join(folder, "process"), describeProcess(child.pid) ?? "", { mode: 0o600 })
    })

  return {
    start: (org) => {
      running ??= run(org)
    },
    stop: async () => {
      stopping.abort()
      const kill = setTimeout(() => child?.kill("SIGKILL"), STOP_MS)
      child?.kill("SIGTERM")
      await running
      clearTimeout(kill)
    },
  }
}

/** Null: not to be run. Otherwise the token to enrol with, or null where it is enrolled. */
const prepare = async (
  deps: Pick<LocalAgentDeps, "agents" | "dataDir" | "log">,
  folder: string,
  org: OrgId,
  hasIdentity: () => boolean = () => existsSync(join(folder, "identity.json")),
): Promise<{ readonly token: string | null } | null> => {
  const { agents, dataDir, log } = deps
  const file = recordFile(dataDir)
  const actor = { ...THIS_APPLIANCE, org }
  const record = existsSync(file) ? readRecord(dataDir) : null
  if (record !== null && record.org !== org)
    throw new Error(`${file} belongs to another organisation: remove it with ${folder}.`)
  if (record === null) {
    const { id } = await agents.create(actor, {
      name: await freeName(agents, org),
      siteId: null,
      deviceId: null,
    })
    writeFileSync(file, JSON.stringify({ org, agent: id }), { mode: 0o600 })
  }
  const id = record?.agent ?? readRecord(dataDir).agent
  const agent = await agents.one(org, id).catch((error: unknown) => {
    if (error instanceof HttpError && error.status === 404) return null
    throw error
  })
  if (agent === null || agent.enrolment === "revoked") {
    log.warn(
      { agent: id },
      `the local agent was ${agent === null ? "removed" : "revoked"} and is not started; remove ${file} to have a new one`,
    )
    return null
  }
  if (agent.enrolment === "enrolled" && hasIdentity()) return { token: null }
  return { token: (await agents.token(actor, id, "localhost")).token }
}

export type LocalAgentServiceDeps = Pick<LocalAgentDeps, "agents" | "dataDir" | "log"> & {
  /** Read by the service's user; in a folder that is empty after a boot. */
  readonly tokenFile: string
}

/**
 * The agent of this machine as a service of its own: it runs on while the appliance is restarted.
 * It is given a token, once, in a file; systemd starts it when that appears.
 */
export const createLocalAgentService = (deps: LocalAgentServiceDeps): LocalAgent => {
  const { agents, dataDir, tokenFile, log } = deps
  const stopping = new AbortController()
  let handing: Promise<void> | null = null
  const restoredFile = join(dataDir, RESTORED_AGENT_FILE)
  /** A file that stays would start the service again whenever somebody stops it. */
  const removeWhenUsed = async (org: OrgId): Promise<void> => {
    const { agent: id } = readRecord(dataDir)
    while (!stopping.signal.aborted) {
      // Used, or too old to be used.
      if ((await agents.one(org, id)).tokenExpiresAtMs === null) break
      await delay(USED_CHECK_MS, undefined, { signal: stopping.signal }).catch(() => undefined)
    }
    rmSync(tokenFile, { force: true })
    if (!stopping.signal.aborted) rmSync(restoredFile, { force: true })
  }
  const hand = async (org: OrgId): Promise<void> => {
    try {
      const start = await prepare(deps, deps.dataDir, org, () => !existsSync(restoredFile))
      if (start === null || start.token === null) return
      // Under its final name only when complete: its appearance starts the reader.
      writeFileSync(`${tokenFile}.new`, `${start.token}\n`, { mode: 0o640 })
      chmodSync(`${tokenFile}.new`, 0o640)
      renameSync(`${tokenFile}.new`, tokenFile)
      await removeWhenUsed(org)
    } catch (error) {
      log.error({ err: error, tokenFile }, "the agent of this machine could not be given a token")
    }
  }
  return {
    start: (org) => {
      handing ??= hand(org)
    },
    stop: async () => {
      stopping.abort()
      await handing
    },
  }
}

const freeName = async (agents: LocalAgentDeps["agents"], org: OrgId): Promise<string> => {
  const taken = new Set((await agents.all(org)).map(({ name }) => name))
  const names = [
    "This appliance",
    ...Array.from({ length: 99 }, (_, index) => `This appliance ${index + 2}`),
  ]
  return names.find((name) => !taken.has(name)) ?? `This appliance ${Date.now()}`
}

/** The audit's name for what the appliance does by itself; no account has this id. */
export const THIS_APPLIANCE: Omit<Actor, "org"> = {
  account: AccountId.parse("00000000-0000-0000-0000-000000000000"),
  email: "this appliance",
  name: "This appliance",
  role: "admin",
  address: "127.0.0.1",
}

/** A killed appliance leaves its agent running, which would lock the data folder. */
const stopOrphan = async (file: string, log: Log): Promise<void> => {
  if (!existsSync(file)) return
  const left = readFileSync(file, "utf8")
  const pid = Number(left.split(" ")[0])
  if (left !== "" && isAlive(left)) {
    log.info({ left: pid }, "an agent of an earlier run is still there: it is stopped first")
    process.kill(pid, "SIGTERM")
    for (const until = performance.now() + STOP_MS; isAlive(left) && performance.now() < until; )
      await delay(100)
    if (isAlive(left)) process.kill(pid, "SIGKILL")
  }
  rmSync(file, { force: true })
}
