/**
 * Runs the program of `npm start`, with a lab on loopback addresses, as on a machine without root.
 */
import { type ChildProcess, spawn } from "node:child_process"
import { rmSync } from "node:fs"
import { createServer } from "node:net"
import { join } from "node:path"
import { environment } from "../config.ts"
import { tempDataDir } from "./demo-process.ts"

const root = join(import.meta.dirname, "../..")

export type Program = {
  readonly output: () => string
  /** Resolves with the first match in the program's output on either stream. */
  readonly waitForOutput: (pattern: RegExp, withinMs: number) => Promise<RegExpExecArray>
  readonly code: Promise<number | null>
  readonly stop: () => Promise<void>
}

export const freePort = (): Promise<number> =>
  new Promise((resolve, reject) => {
    const server = createServer().once("error", reject)
    server.listen(0, "127.0.0.1", () => {
      const address = server.address()
      server.close(() =>
        resolve(typeof address === "object" && address !== null ? address.port : 0),
      )
    })
  })

/** A program of the repository under this Node. */
export const program = (
  args: readonly string[],
  env: Readonly<Record<string, string>> = {},
): Program => {
  const child: ChildProcess = spawn(process.execPath, [...args], {
    cwd: root,
    stdio: ["ignore", "pipe", "pipe"],
    env: { ...environment(), NODE_NO_WARNINGS: "1", ...env },
  })
  let text = ""
  const append = (chunk: Buffer): void => {
    text += chunk
  }
  child.stdout?.on("data", append)
  child.stderr?.on("data", append)
  let isOver = false
  const code = new Promise<number | null>((resolve) =>
    child.once("close", (status) => {
      isOver = true
      resolve(status)
    }),
  )
  return {
    output: () => text,
    code,
    waitForOutput: async (pattern, withinMs) => {
      const endMs = Date.now() + withinMs
      for (;;) {
        const match = pattern.exec(text)
        if (match !== null) return match
        if (isOver || Date.now() > endMs)
          throw new Error(`${args.join(" ")} never printed ${pattern}:\n${text.slice(-4_000)}`)
        await new Promise((resolve) => setTimeout(resolve, 50))
      }
    },
    stop: async () => {
      child.kill("SIGTERM")
      const killed = setTimeout(() => child.kill("SIGKILL"), 30_000)
      await code
      clearTimeout(killed)
    },
  }
}

export type Started = Program & {
  readonly url: string
  readonly setupCode: string
  readonly dataDir: string
  /** Of the push API. */
  readonly pushPort: number
}

/**
 * The appliance on free ports and a data folder of its own, not set up, with its local agent unless
 * `env` has another setting.
 */
export const startAppliance = async (
  env: Readonly<Record<string, string>> = {},
): Promise<Started> => {
  const dataDir = tempDataDir("start")
  const pushPort = await freePort()
  const appliance = program([join(root, "appliance/src/main.ts")], {
    ISPVM_DATA_DIR: dataDir,
    ISPVM_HTTP_PORT: String(await freePort()),
    ISPVM_AGENT_API_PORT: String(await freePort()),
    ISPVM_PUSH_PORT: String(pushPort),
    ISPVM_AGENT_HEALTH_PORT: "0",
    ISPVM_SYSLOG_PORT: "0",
    // The simulated routers are on loopback.
    ISPVM_ALLOW_LOOPBACK: "1",
    ...env,
  })
  const stop = async () => {
    await appliance.stop()
    rmSync(dataDir, { recursive: true, force: true })
  }
  const printed = async (pattern: RegExp): Promise<string> => {
    try {
      return (await appliance.waitForOutput(pattern, 60_000))[0]
    } catch (cause) {
      // The caller has nothing to stop; what runs on would keep its process from ending.
      await stop()
      throw cause
    }
  }
  const url = await printed(/http:\/\/127\.0\.0\.1:\d+/)
  const setupCode = await printed(/\b[A-Z2-9]{4}-[A-Z2-9]{4}-[A-Z2-9]{4}\b/)
  return { ...appliance, url, setupCode, dataDir, pushPort, stop }
}

export type LoopbackLab = Program & {
  readonly user: string
  readonly password: string
  readonly community: string
  readonly router: (name: string) => string
}

/** The simulated routers on addresses of 127.0.0.0/8; `router` returns a router's address. */
export const startLoopbackLab = async (): Promise<LoopbackLab> => {
  const dataDir = tempDataDir("loopback")
  const lab = program([join(root, "lab/main.ts"), "up", "--loopback", "--data", dataDir])
  const [, user = "", password = "", community = ""] = await lab.waitForOutput(
    /user (\S+), password (\S+), community (\S+)/,
    60_000,
  )
  try {
    await lab.waitForOutput(/Ctrl-C stops it/, 60_000)
  } catch (error) {
    // A child left behind keeps the test process alive.
    await lab.stop()
    throw error
  }
  const stop = async () => {
    await lab.stop()
    rmSync(dataDir, { recursive: true, force: true })
  }
  const router = (name: string): string => {
    const match = new RegExp(`^\\s*(127\\.\\S+)\\s+${name}\\s`, "m").exec(lab.output())
    if (match?.[1] === undefined)
      throw new Error(`the lab listed no router ${name}:\n${lab.output()}`)
    return match[1]
  }
  return { ...lab, user, password, community, router, stop }
}
