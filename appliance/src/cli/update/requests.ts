/** What root is asked for: by the command, through a file in /run, or by the appliance, through its data folder. */
import {
  closeSync,
  constants,
  existsSync,
  mkdirSync,
  openSync,
  readFileSync,
  rmSync,
  writeFileSync,
} from "node:fs"
import { dirname, join } from "node:path"
import { z } from "zod"
import {
  BUNDLE_FILE,
  REQUEST_FILE,
  REQUEST_FOLDER,
  UpdateRequest,
} from "../../machine/update-state.ts"
import { DATA_DIR } from "../installed.ts"

/** Gone after a boot, as is who waited for it. */
const COMMAND_REQUEST = "/run/ispvm-update/request.json"
const UI_FOLDER = join(DATA_DIR, REQUEST_FOLDER)
export const UI_REQUEST = join(UI_FOLDER, REQUEST_FILE)
export const UI_BUNDLE = join(UI_FOLDER, BUNDLE_FILE)
const MAX_BYTES = 10_000

const Request = z.discriminatedUnion("kind", [
  z.strictObject({
    kind: z.literal("update"),
    file: z.string(),
    ignoresClock: z.boolean(),
    by: z.string(),
  }),
  z.strictObject({ kind: z.literal("rollback"), by: z.string() }),
])
export type Request = z.infer<typeof Request>

/** False: somebody else has just asked. */
export const writeRequest = (request: Request, file = COMMAND_REQUEST): boolean => {
  mkdirSync(dirname(file), { recursive: true, mode: 0o755 })
  try {
    writeFileSync(file, `${JSON.stringify(request)}\n`, { flag: "wx", mode: 0o600 })
    return true
  } catch (error) {
    if (error instanceof Error && "code" in error && error.code === "EEXIST") return false
    throw error
  }
}
export const withdrawRequest = (file = COMMAND_REQUEST): void => rmSync(file, { force: true })

/** Nobody has taken it yet. */
export const isRequested = (file = COMMAND_REQUEST): boolean => existsSync(file)

/** The folder belongs to the appliance's user: no link is followed, no large file read. */
const readBounded = (file: string): string => {
  const handle = openSync(file, constants.O_RDONLY | constants.O_NOFOLLOW | constants.O_NONBLOCK)
  try {
    return readFileSync(handle, "utf8").slice(0, MAX_BYTES)
  } finally {
    closeSync(handle)
  }
}

/** Removes the request before it is acted on: one that ends this process is not repeated. */
const take = <T>(file: string, schema: z.ZodType<T>): T | null => {
  if (!existsSync(file)) return null
  let text = ""
  try {
    text = readBounded(file)
  } catch (error) {
    process.stderr.write(`${file}: ${error instanceof Error ? error.message : error}\n`)
  }
  rmSync(file, { force: true, recursive: true })
  try {
    return schema.parse(JSON.parse(text))
  } catch {
    process.stderr.write(`${file} is not a request\n`)
    return null
  }
}

/** Null: there is no request. */
export const takeRequest = (command = COMMAND_REQUEST, ui = UI_FOLDER): Request | null => {
  const own = take(command, Request)
  if (own !== null) return own
  const asked = take(join(ui, REQUEST_FILE), UpdateRequest)
  if (asked === null) return null
  if (asked.kind === "rollback") return { kind: "rollback", by: asked.by }
  const file = join(ui, BUNDLE_FILE)
  return { kind: "update", file, ignoresClock: asked.ignoreClock ?? false, by: asked.by }
}

/** Requests that came while another one was carried out. True: there was one. */
export const refuseRequests = (command = COMMAND_REQUEST, ui = UI_FOLDER): boolean => {
  const files = [command, join(ui, REQUEST_FILE)].filter((file) => existsSync(file))
  for (const file of files) rmSync(file, { force: true, recursive: true })
  return files.length > 0
}
