/**
 * How an update of this agent's package is, in a file that root writes and the agent reads: between
 * them there is nothing else but the request and the files that the agent has fetched.
 */
import {
  closeSync,
  fsyncSync,
  mkdirSync,
  openSync,
  readFileSync,
  renameSync,
  writeSync,
} from "node:fs"
import { join } from "node:path"
import { OwnPackage, PackageVersion } from "@ispvm/wire"
import { z } from "zod"

/** In the agent's data folder: fetched files, the request, and what shows that the agent works. */
export const UPDATE_FOLDER = "update"
export const REQUEST_FILE = "request.json"
/** Of the service: systemd removes it when the service has ended, however it ended. */
export const RUNTIME_FOLDER = "/run/ispvm-agent-update"
/** Written at the first heartbeat that the appliance has answered. */
export const ALIVE_FILE = "alive.json"

export const UpdateRequest = z.strictObject({ version: PackageVersion })
export const Alive = z.strictObject({ version: PackageVersion, pid: z.int().positive() })

const State = z.object({
  /** The release that was tried last and given up. While it is tried: as if it had been killed. */
  failed: OwnPackage.shape.failed,
})
export type AgentUpdateState = z.infer<typeof State>

const STATE_FILE = "state.json"
const NOTHING: AgentUpdateState = { failed: null }

export const readState = (folder: string): AgentUpdateState => {
  try {
    return State.parse(JSON.parse(readFileSync(join(folder, STATE_FILE), "utf8")))
  } catch {
    return NOTHING
  }
}

/** On disk when it returns: the whole file, or the one before it. */
export const writeDurably = (file: string, value: object, mode: number): void => {
  const handle = openSync(`${file}.new`, "w", mode)
  try {
    writeSync(handle, `${JSON.stringify(value)}\n`)
    fsyncSync(handle)
  } finally {
    closeSync(handle)
  }
  renameSync(`${file}.new`, file)
}

export const writeState = (folder: string, state: AgentUpdateState): void => {
  mkdirSync(folder, { recursive: true, mode: 0o755 })
  writeDurably(join(folder, STATE_FILE), state, 0o644)
}
