/** A child process of the lab or the demo: its output goes to a file, and its end is observed. */
import { type ChildProcess, spawn } from "node:child_process"
import { closeSync, mkdirSync, openSync, readFileSync } from "node:fs"
import { dirname } from "node:path"

export type ChildPlan = {
  /** The name shown to people. */
  readonly name: string
  readonly command: readonly string[]
  readonly env: NodeJS.ProcessEnv
  readonly logFile: string
  /** Opens a channel for messages. */
  readonly ipc?: boolean
}
export type ExitStatus = { readonly code: number | null; readonly signal: NodeJS.Signals | null }

const GRACE_MS = 8_000

export class Child {
  readonly plan: ChildPlan
  readonly process: ChildProcess
  /** Resolves when it has ended, for any reason. */
  readonly ended: Promise<ExitStatus>
  #hasExited = false
  #stopping = false

  constructor(plan: ChildPlan) {
    this.plan = plan
    mkdirSync(dirname(plan.logFile), { recursive: true })
    const log = openSync(plan.logFile, "w", 0o600)
    const [command = "", ...args] = plan.command
    this.process = spawn(command, args, {
      env: plan.env,
      // A group of its own: Ctrl-C reaches only the parent, which stops the children in order.
      detached: true,
      stdio: plan.ipc === true ? ["ignore", log, log, "ipc"] : ["ignore", log, log],
    })
    closeSync(log)
    this.ended = new Promise((resolve) => {
      const over = (ended: ExitStatus) => {
        this.#hasExited = true
        resolve(ended)
      }
      this.process.once("exit", (code, signal) => over({ code, signal }))
      this.process.once("error", () => over({ code: null, signal: null }))
    })
    this.process.on("error", () => undefined)
  }

  get isRunning(): boolean {
    return !this.#hasExited
  }
  /** True once it has been asked to stop. */
  get isStopping(): boolean {
    return this.#stopping
  }

  lastLines(count: number): string[] {
    try {
      return readFileSync(this.plan.logFile, "utf8").trimEnd().split("\n").slice(-count)
    } catch {
      return []
    }
  }

  /** Kills it at once. */
  async kill(): Promise<void> {
    this.#stopping = true
    this.process.kill("SIGKILL")
    await this.ended
  }

  /** Sends SIGTERM, waits, and then kills. */
  async stop(): Promise<void> {
    this.#stopping = true
    if (this.#hasExited) return
    this.process.kill("SIGTERM")
    const insist = setTimeout(() => this.process.kill("SIGKILL"), GRACE_MS)
    await this.ended
    clearTimeout(insist)
  }
}
