/** Writes files atomically, and keys so that only their owner can read them. */
import { randomBytes } from "node:crypto"
import { chmod, mkdir, open, readFile, rename, rm } from "node:fs/promises"
import { dirname, join } from "node:path"

export class FileError extends Error {
  readonly path: string
  constructor(path: string, message: string, options?: ErrorOptions) {
    super(`${path}: ${message}`, options)
    this.name = "FileFault"
    this.path = path
  }
}

const codeOf = (error: unknown): string =>
  error instanceof Error && "code" in error ? String(error.code) : "unknown"
const REMEDY: Readonly<Record<string, string>> = {
  EACCES: "this user may not write or read there; change the owner or choose another directory",
  EPERM: "this user may not write or read there; change the owner or choose another directory",
  EROFS: "the file system is read-only",
  ENOSPC: "the disk is full",
  ENOTDIR: "a part of this path is a file, not a directory",
  EISDIR: "this is a directory, a file was expected",
}
const fileError = (path: string, error: unknown): FileError =>
  new FileError(path, REMEDY[codeOf(error)] ?? `failed with ${codeOf(error)}`, { cause: error })

export const ensureDirectory = async (directory: string): Promise<void> => {
  try {
    await mkdir(directory, { recursive: true, mode: 0o700 })
  } catch (error) {
    throw fileError(directory, error)
  }
}

/** The text of a file, or null if it does not exist. */
export const readText = async (path: string): Promise<string | null> => {
  try {
    return await readFile(path, "utf8")
  } catch (error) {
    if (codeOf(error) === "ENOENT") return null
    throw fileError(path, error)
  }
}

const syncDirectory = async (directory: string): Promise<void> => {
  const handle = await open(directory, "r")
  try {
    await handle.sync()
  } finally {
    await handle.close()
  }
}

export const removeFile = async (path: string): Promise<void> => {
  try {
    await rm(path, { force: true })
    await syncDirectory(dirname(path))
  } catch (error) {
    throw fileError(path, error)
  }
}

/**
 * Written to a temporary file, synced, then renamed; after a power failure the file has the old or
 * the new text.
 */
export const writeAtomic = async (
  path: string,
  text: string,
  mode: 0o600 | 0o644,
): Promise<void> => {
  const directory = dirname(path)
  const draft = join(directory, `.${randomBytes(6).toString("hex")}.tmp`)
  try {
    const handle = await open(draft, "wx", mode)
    try {
      await handle.writeFile(text)
      await handle.sync()
    } finally {
      await handle.close()
    }
    await chmod(draft, mode) // The process's umask may have removed bits, never added any.
    await rename(draft, path)
    await syncDirectory(directory)
  } catch (error) {
    await rm(draft, { force: true })
    throw fileError(path, error)
  }
}
