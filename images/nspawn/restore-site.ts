/**
 * What is beside an appliance in a container and outlives it: simulated routers, and an agent with
 * its identity. Both run in the container's network and are started again in that of the next one.
 */
import { type ChildProcess, spawn } from "node:child_process"
import { once } from "node:events"
import { existsSync, mkdirSync, openSync, readFileSync, writeFileSync } from "node:fs"
import { join } from "node:path"
import { setTimeout as delay } from "node:timers/promises"
import type { Container } from "./container.ts"

const REPOSITORY = join(import.meta.dirname, "../..")
const LAB = join(REPOSITORY, "lab/main.ts")
const AGENT = join(REPOSITORY, "agent/src/main.ts")
const WAIT_MS = 600_000
const POLL_MS = 300

/** A router of the simulated network: its address, and who may read it. */
export const ROUTER = { address: "127.40.3.1", port: 8728 } as const
export const ACCESS = { username: "monitor", password: "anatolia-lab" } as const
/** For the appliance and the agent: simulated routers are on loopback addresses. */
export const LOOPBACK = "ISPVM_ALLOW_LOOPBACK=1"

export const until = async (
  what: string,
  condition: () => boolean,
  log: () => string = () => "",
): Promise<number> => {
  const began = performance.now()
  while (!condition()) {
    if (performance.now() - began > WAIT_MS) throw new Error(`waited too long: ${what}\n${log()}`)
    await delay(POLL_MS)
  }
  return performance.now() - began
}

export type Site = {
  /** Routers and the agent, in this container's network. `token`: to enrol with; null: as before. */
  readonly start: (beside: Container, token: string | null) => Promise<void>
  readonly stop: () => Promise<void>
}

export const createSite = (folder: string): Site => {
  const [labData, agentData, log] = ["lab", "agent", "agent.log"].map((name) => join(folder, name))
  if (labData === undefined || agentData === undefined || log === undefined)
    throw new Error("unreachable")
  mkdirSync(agentData, { recursive: true, mode: 0o700 })
  let running: ChildProcess[] = []
  const run = (namespace: string, command: readonly string[], output: string): void => {
    const file = openSync(output, "a")
    const child = spawn("ip", ["netns", "exec", namespace, "env", ...command], {
      stdio: ["ignore", file, file],
    })
    running.push(child)
  }
  return {
    start: async ({ namespace, url }, token) => {
      const lab = [process.execPath, LAB, "up", "--loopback", "--data", labData]
      run(namespace, ["NODE_NO_WARNINGS=1", ...lab], join(folder, "lab.log"))
      await until("simulated routers", () => existsSync(join(labData, "lab.json")))
      const tokenFile = join(folder, "token")
      if (token !== null) writeFileSync(tokenFile, token, { mode: 0o600 })
      const settings = [
        ...["NODE_NO_WARNINGS=1", LOOPBACK, "ISPVM_SYSLOG_PORT=auto"],
        ...[`ISPVM_AGENT_DATA_DIR=${agentData}`, `ISPVM_URL=${url}:8444`],
      ]
      const options = token === null ? [] : ["--token-file", tokenFile]
      run(namespace, [...settings, process.execPath, AGENT, ...options], log)
      const hasIdentity = (): boolean => existsSync(join(agentData, "identity.json"))
      await until("the agent's identity", hasIdentity, () => readFileSync(log, "utf8"))
    },
    stop: async () => {
      const ended = running.map((child) =>
        child.exitCode === null && child.signalCode === null ? once(child, "exit") : null,
      )
      for (const child of running) child.kill("SIGTERM")
      await Promise.all(ended)
      running = []
    },
  }
}
