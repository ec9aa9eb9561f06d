/** The release that agents are to run: left by `ispvm update` once the appliance works with it. */
import { spawnSync } from "node:child_process"
import { readFileSync, statSync } from "node:fs"
import { open } from "node:fs/promises"
import { join } from "node:path"
import { type Architecture, agentPackageFile, type PackagePiece, PIECE_BYTES } from "@ispvm/wire"
import { MANIFEST_FILE, Manifest, SIGNATURE_FILE } from "@ispvm/wire/signed-manifest"
import type { PackageRelease, PackageSource } from "../registry/agents/agents.ts"

const ARCHITECTURES: readonly Architecture[] = ["amd64", "arm64"]
/** Agents ask every two seconds; the release changes once a month. */
const CACHE_MS = 10_000

/** Null: none, or of another release than this appliance, as after a rollback. */
const readRelease = (folder: string, ownVersion: string): PackageRelease | null => {
  try {
    const text = readFileSync(join(folder, MANIFEST_FILE), "utf8")
    const { version } = Manifest.parse(JSON.parse(text))
    const isThere = (architecture: Architecture): boolean =>
      statSync(join(folder, agentPackageFile(version, architecture)), { throwIfNoEntry: false }) !==
      undefined
    return version === ownVersion
      ? { version, architectures: new Set(ARCHITECTURES.filter(isThere)) }
      : null
  } catch {
    return null
  }
}

const readPiece = async (path: string, offset: number): Promise<PackagePiece | null> => {
  const file = await open(path).catch(() => null)
  if (file === null) return null
  try {
    const { size: totalBytes } = await file.stat()
    if (offset > totalBytes) return null
    const bytes = Buffer.alloc(Math.min(PIECE_BYTES, totalBytes - offset))
    const { bytesRead } = await file.read(bytes, 0, bytes.length, offset)
    return { totalBytes, base64: bytes.subarray(0, bytesRead).toString("base64") }
  } finally {
    await file.close()
  }
}

/** Asks dpkg once for each pair. */
const createComparison = (): PackageSource["isLater"] => {
  const known = new Map<string, boolean>()
  return (one, other) => {
    const key = `${one} ${other}`
    const found = known.get(key)
    if (found !== undefined) return found
    const isLater = spawnSync("dpkg", ["--compare-versions", one, "gt", other]).status === 0
    if (known.size > 1_000) known.clear()
    known.set(key, isLater)
    return isLater
  }
}

type Options = {
  /** Null: this appliance was not installed from packages. */
  readonly folder: () => string | null
  readonly ownVersion: string
  readonly steady: () => number
}

export const createAgentPackages = ({
  folder: folderOf,
  ownVersion,
  steady,
}: Options): PackageSource => {
  let cached: { readonly release: PackageRelease | null; readonly atMs: number } | null = null
  const release = (): PackageRelease | null => {
    const folder = folderOf()
    if (folder === null) return null
    if (cached === null || steady() - cached.atMs > CACHE_MS)
      cached = { release: readRelease(folder, ownVersion), atMs: steady() }
    return cached.release
  }
  return {
    release,
    piece: async (file, offset) => {
      const [folder, current] = [folderOf(), release()]
      if (folder === null || current === null) return null
      const { version, architectures } = current
      const names = [
        ...[MANIFEST_FILE, SIGNATURE_FILE],
        ...ARCHITECTURES.filter((each) => architectures.has(each)).map((each) =>
          agentPackageFile(version, each),
        ),
      ]
      return names.includes(file) ? await readPiece(join(folder, file), offset) : null
    },
    isLater: createComparison(),
  }
}
