/** The packages that a test installs or examines. */
import { execFileSync } from "node:child_process"
import { createHash, generateKeyPairSync } from "node:crypto"
import {
  cpSync,
  existsSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  renameSync,
  rmSync,
  statSync,
  writeFileSync,
} from "node:fs"
import { tmpdir } from "node:os"
import { join } from "node:path"
import { acquireLock } from "@ispvm/appliance/platform/postgres/lock"
import { cacheFolder, environment, testPackages } from "../config.ts"
import { readSource } from "./source.ts"

const CHECKOUT = join(import.meta.dirname, "../..")
const PROGRAM = join(import.meta.dirname, "main.ts")
const PREFIX = "packages-"
const DAY_MS = 86_400_000
/** Another time than that of any commit of ours. */
const EPOCH_S = 1_500_000_000
const HASH_CHARS = 8
const WAIT_MS = 500
const MAX_WAIT_MS = 900_000

/** `files`: all artefacts, and nothing else; `keyFile`: the private key that they are signed with. */
export type SignedBuild = {
  readonly files: string
  readonly keyFile: string
  readonly publicKey: string
}

/** Makes a key to sign with in `file`; answers the public half. */
export const makeKey = (file: string): string => {
  const { privateKey, publicKey } = generateKeyPairSync("ed25519")
  writeFileSync(file, privateKey.export({ type: "pkcs8", format: "pem" }), { mode: 0o600 })
  return publicKey.export({ type: "spki", format: "pem" }).toString()
}

export type BuildOptions = {
  readonly umask: string
  readonly keyFile: string
  /** Made here: what the build needs for itself. */
  readonly temporary: string
  readonly only?: readonly string[]
}
/** Builds this checkout into `out`, signed, with a time of its own. */
export const buildSigned = (out: string, options: BuildOptions): void => {
  const { umask, keyFile, temporary, only = [] } = options
  mkdirSync(temporary)
  const command = [PROGRAM, "--out", out, "--arch", "amd64", "--quick", ...only]
  execFileSync("sh", ["-c", `umask ${umask} && exec "$0" "$@"`, process.execPath, ...command], {
    stdio: ["ignore", "ignore", "inherit"],
    env: {
      ...environment(),
      ISPVM_SIGNING_KEY: keyFile,
      SOURCE_DATE_EPOCH: String(EPOCH_S),
      TMPDIR: temporary,
    },
  })
}

const buildIn = (folder: string): void => {
  const keyFile = join(folder, "key.pem")
  const temporary = join(folder, "temporary")
  mkdirSync(folder, { recursive: true })
  writeFileSync(join(folder, "public.pem"), makeKey(keyFile))
  buildSigned(join(folder, "files"), { umask: "022", keyFile, temporary })
  rmSync(temporary, { recursive: true, force: true })
}
const buildOf = (folder: string): SignedBuild => ({
  files: join(folder, "files"),
  keyFile: join(folder, "key.pem"),
  publicKey: readFileSync(join(folder, "public.pem"), "utf8"),
})

const removeOld = (cache: string): void => {
  for (const name of readdirSync(cache).filter((each) => each.startsWith(PREFIX))) {
    const folder = join(cache, name)
    if (Date.now() - statSync(folder).mtimeMs > DAY_MS)
      rmSync(folder, { recursive: true, force: true })
  }
}

const sleep = (ms: number): unknown =>
  Atomics.wait(new Int32Array(new SharedArrayBuffer(4)), 0, 0, ms)

/** The folder appears with everything in it, or not at all. */
const buildAside = (folder: string, cache: string): void => {
  removeOld(cache)
  const unfinished = `${folder}.${process.pid}`
  buildIn(unfinished)
  renameSync(unfinished, folder)
}

/** Of the built UI, which is no part of a commit; its page names all files, and these their content. */
const uiHash = (): string =>
  createHash("sha256")
    .update(readFileSync(join(CHECKOUT, "ui/dist/index.html")))
    .digest("hex")
    .slice(0, HASH_CHARS)

/** Of a commit without changes they are built once: one test waits for the build of the other. */
const cachedBuild = (commit: string): string => {
  const cache = cacheFolder()
  const folder = join(cache, `${PREFIX}${commit}-${uiHash()}`)
  mkdirSync(cache, { recursive: true })
  for (let waitedMs = 0; !existsSync(folder); waitedMs += WAIT_MS) {
    const lock = acquireLock(`${folder}.lock`)
    if (lock.ok)
      try {
        if (!existsSync(folder)) buildAside(folder, cache)
      } finally {
        lock.release()
      }
    else if (waitedMs < MAX_WAIT_MS) sleep(WAIT_MS)
    else throw new Error(`process ${lock.pid} has built the packages for ${waitedMs} ms`)
  }
  return folder
}

let own: string | undefined
/** All artefacts of this checkout. Nobody writes into their folder: others read it. */
export const signedPackages = (): SignedBuild => {
  const { commit, isDirty } = readSource(CHECKOUT, undefined)
  if (!isDirty) return buildOf(cachedBuild(commit))
  if (own === undefined) {
    const folder = mkdtempSync(join(tmpdir(), "ispvm-packages-"))
    process.once("exit", () => rmSync(folder, { recursive: true, force: true }))
    buildIn(folder)
    own = folder
  }
  return buildOf(own)
}

/** Copies the packages of this checkout, or the ones that ISPVM_TEST_PACKAGES names, to `dir`. */
export const packagesInto = (dir: string): void => {
  const made = testPackages()
  if (made !== null) {
    cpSync(made, dir, { recursive: true })
    return
  }
  const { files } = signedPackages()
  mkdirSync(dir, { recursive: true })
  for (const name of readdirSync(files).filter((each) => !each.startsWith("ispvm-agent-")))
    cpSync(join(files, name), join(dir, name))
}
