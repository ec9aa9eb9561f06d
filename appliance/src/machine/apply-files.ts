/** Writes planned files, each complete or not at all. */

import { randomUUID } from "node:crypto"
import {
  chmodSync,
  chownSync,
  closeSync,
  existsSync,
  fsyncSync,
  mkdirSync,
  openSync,
  readdirSync,
  readFileSync,
  renameSync,
  rmSync,
  writeSync,
} from "node:fs"
import { dirname, join } from "node:path"
import { NETWORK_FOLDER, OWN_NETWORK, type PlannedFile } from "./settings-files.ts"

const FOLDER_MODE = 0o755
/** OpenSSH does not read keys in a folder that others may write to. */
const SSH_FOLDER_MODE = 0o700

/** User and group of the appliance in the system below `root`; null: not installed. */
const ownerIn = (root: string, name: string): readonly [uid: number, gid: number] | null => {
  const file = join(root, "etc/passwd")
  const line = existsSync(file)
    ? readFileSync(file, "utf8")
        .split("\n")
        .find((each) => each.startsWith(`${name}:`))
    : undefined
  const [, , uid, gid] = line?.split(":") ?? []
  return uid === undefined || gid === undefined ? null : [Number(uid), Number(gid)]
}

/**
 * A new file takes the place of the old one, also where that is a link: a folder of the appliance's
 * user is written to by root.
 */
export const writeWhole = (
  path: string,
  text: string,
  mode: number,
  owner: readonly [number, number] | null = null,
): void => {
  const unfinished = `${path}.${randomUUID()}`
  const handle = openSync(unfinished, "wx", mode)
  try {
    writeSync(handle, text)
    fsyncSync(handle)
  } finally {
    closeSync(handle)
  }
  chmodSync(unfinished, mode)
  if (owner !== null) chownSync(unfinished, ...owner)
  renameSync(unfinished, path)
}

const makeFolder = (folder: string): void => {
  if (existsSync(folder)) return
  const mode = folder.endsWith("/.ssh") ? SSH_FOLDER_MODE : FOLDER_MODE
  mkdirSync(folder, { recursive: true, mode })
}

/** `root`: where the system's files are; `/` but in tests and image builds. */
export const applyFiles = (files: readonly PlannedFile[], root = "/"): void => {
  if (files.some(({ path }) => dirname(path) === NETWORK_FOLDER)) {
    const folder = join(root, NETWORK_FOLDER)
    makeFolder(folder)
    for (const name of readdirSync(folder).filter((each) => OWN_NETWORK.test(each)))
      rmSync(join(folder, name))
  }
  for (const { path, text, mode, owner } of files) {
    const place = join(root, path)
    if (text === null) {
      rmSync(place, { force: true })
      continue
    }
    makeFolder(dirname(place))
    const isRoot = process.getuid?.() === 0
    writeWhole(place, text, mode, owner === "ispvm" && isRoot ? ownerIn(root, "ispvm") : null)
  }
}
