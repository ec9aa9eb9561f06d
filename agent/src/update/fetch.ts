/**
 * Fetches the release that the appliance offers and asks root to install it. What was fetched is
 * checked by root: the signature counts, not where the files come from.
 */
import { existsSync, rmSync } from "node:fs"
import { appendFile, mkdir, readFile, rm, stat, writeFile } from "node:fs/promises"
import { join } from "node:path"
import { agentPackageFile, type OwnPackage, PIECE_BYTES } from "@ispvm/wire"
import {
  MANIFEST_FILE,
  MAX_MANIFEST_BYTES,
  Manifest,
  SIGNATURE_FILE,
} from "@ispvm/wire/signed-manifest"
import type { Logger } from "pino"
import type { Uplink } from "../transport/uplink.ts"
import type { Release } from "./own-package.ts"
import {
  ALIVE_FILE,
  REQUEST_FILE,
  RUNTIME_FOLDER,
  readState,
  UPDATE_FOLDER,
  writeDurably,
} from "./state.ts"

type Deps = {
  readonly release: Release
  readonly dataDir: string
  /** Root's. */
  readonly stateFolder: string
  readonly uplink: () => Pick<Uplink, "packagePiece">
  /** Of the service of root; by default systemd's. */
  readonly runtimeFolder?: string
  readonly log: Logger
}
/** An offer is repeated every two seconds: what has failed is not tried again at once. */
const RETRY_MS = 60_000

const fetchFile = async (
  { uplink }: Pick<Deps, "uplink">,
  folder: string,
  name: string,
  maxBytes: number,
  signal: AbortSignal,
): Promise<string> => {
  const file = join(folder, name)
  await writeFile(file, "", { mode: 0o600 })
  for (let offset = 0; ; ) {
    const { base64, totalBytes } = await uplink().packagePiece(name, offset, signal)
    const bytes = Buffer.from(base64, "base64")
    if (totalBytes > maxBytes || offset + bytes.length > totalBytes)
      throw new Error(`${name} is larger than ${maxBytes} bytes`)
    if (bytes.length > 0) await appendFile(file, bytes)
    offset += bytes.length
    if (offset === totalBytes) return file
    if (bytes.length < PIECE_BYTES) throw new Error(`${name} ends after ${offset} bytes`)
  }
}

const fetchRelease = async (deps: Deps, version: string, signal: AbortSignal): Promise<void> => {
  const folder = join(deps.dataDir, UPDATE_FOLDER)
  await rm(folder, { recursive: true, force: true })
  await mkdir(folder, { recursive: true, mode: 0o700 })
  for (const name of [MANIFEST_FILE, SIGNATURE_FILE])
    await fetchFile(deps, folder, name, MAX_MANIFEST_BYTES, signal)
  const manifest = Manifest.parse(JSON.parse(await readFile(join(folder, MANIFEST_FILE), "utf8")))
  const name = agentPackageFile(version, deps.release.architecture)
  const expected = manifest.files.find((file) => file.name === name)
  if (expected === undefined) throw new Error(`the release has no ${name}`)
  const { size } = await stat(await fetchFile(deps, folder, name, expected.bytes, signal))
  if (size !== expected.bytes) throw new Error(`${name} has ${size} bytes, not ${expected.bytes}`)
  writeDurably(join(folder, REQUEST_FILE), { version }, 0o600)
}

/** By the agent itself: root removes nothing in a folder that others may change. */
const clearFetched = (dataDir: string): void => {
  const folder = join(dataDir, UPDATE_FOLDER)
  if (!existsSync(join(folder, REQUEST_FILE))) rmSync(folder, { recursive: true, force: true })
}

export type PackageUpdates = {
  /** For the heartbeat's header. */
  readonly own: () => OwnPackage
  /** Called with each answer. Returns at once. */
  readonly offered: (version: string, signal: AbortSignal) => void
  /** The appliance has answered this process. */
  readonly alive: () => void
}

export const createPackageUpdates = (deps: Deps): PackageUpdates => {
  const { release, dataDir, stateFolder, runtimeFolder = RUNTIME_FOLDER, log } = deps
  let isFetching = false
  let failedAtMs = Number.NEGATIVE_INFINITY
  let isAlive = false
  const isWaiting = (): boolean =>
    existsSync(join(dataDir, UPDATE_FOLDER, REQUEST_FILE)) || existsSync(runtimeFolder)
  const fetch = async (version: string, signal: AbortSignal): Promise<void> => {
    isFetching = true
    try {
      log.info({ version }, "fetching the release that the appliance offers")
      await fetchRelease(deps, version, signal)
      log.info({ version }, "the release is fetched and will be installed")
    } catch (error) {
      failedAtMs = performance.now()
      if (!signal.aborted) log.warn({ err: error, version }, "the release could not be fetched")
    } finally {
      isFetching = false
    }
  }
  return {
    own: () => ({
      ...release,
      failed: existsSync(runtimeFolder) ? null : readState(stateFolder).failed,
    }),
    offered: (version, signal) => {
      if (version === release.version || isFetching || isWaiting()) return
      if (performance.now() - failedAtMs >= RETRY_MS) void fetch(version, signal)
    },
    alive: () => {
      if (isAlive) return
      isAlive = true
      clearFetched(dataDir)
      const alive = { version: release.version, pid: process.pid }
      try {
        writeDurably(join(dataDir, ALIVE_FILE), alive, 0o600)
      } catch (error) {
        log.warn({ err: error }, "the agent could not write that it works")
      }
    },
  }
}
