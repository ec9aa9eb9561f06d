/** The appliance with a database of its own: the embedded Postgres, or Debian's with TimescaleDB. */
import { type ChildProcess, spawn } from "node:child_process"
import { once } from "node:events"
import { readdirSync, readFileSync } from "node:fs"
import { join } from "node:path"
import { createInterface } from "node:readline"
import { z } from "zod"
import { freePort, type Started, startAppliance } from "../e2e/start-process.ts"
import { UserError } from "../simulator/user-error.ts"
import { psql, type Server } from "./ingest-items.ts"

export const ENGINES = ["embedded", "timescale"] as const
export type Engine = (typeof ENGINES)[number]
export type Rig = {
  readonly appliance: Started
  readonly agentApiPort: number
  readonly server: Server
  readonly stop: () => Promise<void>
}

/** The server whose `postmaster.pid` and `database.json` are below `folder`. */
const serverBelow = (folder: string, database: string): Server => {
  const pidFile = readdirSync(folder, { recursive: true, encoding: "utf8" }).find((file) =>
    file.endsWith("postmaster.pid"),
  )
  const lines = readFileSync(join(folder, pidFile ?? ""), "utf8").split("\n")
  const [pid, , , port, host = ""] = lines
  const { postgres } = z
    .object({ postgres: z.string() })
    .parse(JSON.parse(readFileSync(join(folder, "database.json"), "utf8")))
  return { pid: Number(pid), port: Number(port), host, password: postgres, database }
}

const root = join(import.meta.dirname, "../..")
/** Debian's server; its folder once it answers. */
const startTimescale = async (): Promise<{ child: ChildProcess; folder: string }> => {
  const program = join(root, "images/engines/main.ts")
  const child = spawn(process.execPath, [program, "--serve"], {
    cwd: root,
    stdio: ["ignore", "pipe", "inherit"],
  })
  for await (const line of createInterface({ input: child.stdout })) {
    const folder = /^serves (.+)$/.exec(line)?.[1]
    if (folder !== undefined) return { child, folder }
  }
  throw new UserError("Debian's Postgres does not start: npm run test:timescale needs the same")
}

const startOn = async (env: Readonly<Record<string, string>>) => {
  const agentApiPort = await freePort()
  const appliance = await startAppliance({
    ...{ ISPVM_LOCAL_AGENT: "off", ISPVM_AGENT_API_PORT: `${agentApiPort}`, ...env },
  })
  return { appliance, agentApiPort }
}

export const startRig = async (engine: Engine): Promise<Rig> => {
  if (engine === "embedded") {
    const { appliance, agentApiPort } = await startOn({})
    const server = serverBelow(appliance.dataDir, "ispvm")
    return { appliance, agentApiPort, server, stop: appliance.stop }
  }
  const { child, folder } = await startTimescale()
  const end = async (): Promise<void> => {
    child.kill("SIGTERM")
    if (child.exitCode === null) await once(child, "exit")
  }
  try {
    const own = { ...serverBelow(folder, "postgres"), host: folder }
    psql(own, ["-c", "create database ispvm"])
    const url = `postgres://postgres:${own.password}@localhost:${own.port}/ispvm?host=${folder}`
    const { appliance, agentApiPort } = await startOn({ DATABASE_URL: url })
    const stop = async (): Promise<void> => {
      await appliance.stop()
      await end()
    }
    return { appliance, agentApiPort, server: { ...own, database: "ispvm" }, stop }
  } catch (error) {
    await end()
    throw error
  }
}
