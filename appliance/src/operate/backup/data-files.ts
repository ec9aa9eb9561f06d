/** The part of the data folder that a backup contains, and how a restore puts it in place. */
import {
  existsSync,
  mkdirSync,
  readdirSync,
  readFileSync,
  renameSync,
  rmSync,
  statSync,
  writeFileSync,
} from "node:fs"
import { dirname, join, relative } from "node:path"
import type { FileStart } from "./format.ts"

export type DataFile = {
  /** Below the data folder, with `/`. */
  readonly path: string
  readonly mode: number
  readonly content: Buffer
}

/**
 * The master key, the certificate authority, and which agent is the appliance's own with its
 * identity. Not the passwords of the database, which are this installation's, nor what an agent has
 * still to deliver.
 */
const PARTS = ["master.key", "pki", "local-agent.json", "agent/identity.json"] as const
const MODE = 0o777

const filesBelow = (path: string): readonly string[] => {
  if (!existsSync(path)) return []
  if (!statSync(path).isDirectory()) return [path]
  return readdirSync(path, { withFileTypes: true })
    .filter((entry) => entry.isFile() || entry.isDirectory())
    .flatMap(({ name }) => filesBelow(join(path, name)))
}

/** `masterKey`: the key in use, which may come from a setting instead of a file. */
export const readDataFiles = (dataDir: string, masterKey: Buffer): readonly DataFile[] => {
  const files = PARTS.flatMap((part) => filesBelow(join(dataDir, part))).map((file) => ({
    path: relative(dataDir, file),
    mode: statSync(file).mode & MODE,
    content: readFileSync(file),
  }))
  const key = {
    path: "master.key",
    mode: 0o600,
    content: Buffer.from(`${masterKey.toString("base64url")}\n`),
  }
  return [key, ...files.filter(({ path }) => path !== key.path)]
}

/**
 * After a restore, until the agent of this machine has enrolled again: its identity is in a folder of
 * its own, on the machine that made the backup.
 */
export const RESTORED_AGENT_FILE = "local-agent.restored"
export const markRestoredAgent = (dataDir: string): void =>
  writeFileSync(join(dataDir, RESTORED_AGENT_FILE), "", { mode: 0o600 })

const STAGED = "restore.new"
/** Files of a backup, beside those in use until `install` replaces them. */
export const stageFiles = (dataDir: string) => {
  const folder = join(dataDir, STAGED)
  rmSync(folder, { recursive: true, force: true })
  mkdirSync(folder, { recursive: true, mode: 0o700 })
  return {
    add: ({ path, mode }: FileStart, content: Buffer): void => {
      const file = join(folder, path)
      mkdirSync(dirname(file), { recursive: true, mode: 0o700 })
      writeFileSync(file, content, { mode, flush: true })
    },
    /** What was there is kept in the folder that is returned; null: nothing was there. */
    install: (name: string): string | null => {
      const kept = join(dataDir, name)
      let isKept = false
      for (const part of PARTS) {
        const target = join(dataDir, part)
        const staged = join(folder, part)
        if (!existsSync(staged) && !existsSync(target)) continue
        if (existsSync(target)) {
          mkdirSync(dirname(join(kept, part)), { recursive: true, mode: 0o700 })
          renameSync(target, join(kept, part))
          isKept = true
        }
        if (!existsSync(staged)) continue
        mkdirSync(dirname(target), { recursive: true, mode: 0o700 })
        renameSync(staged, target)
      }
      rmSync(folder, { recursive: true, force: true })
      return isKept ? kept : null
    },
    discard: (): void => rmSync(folder, { recursive: true, force: true }),
  }
}
