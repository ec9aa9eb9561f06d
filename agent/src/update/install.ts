/**
 * `ispvm-agent-update.service`, as root: checks the release that the agent has fetched, installs it
 * beside the one that runs, and goes back to that unless the appliance answers the new one. The link
 * `/opt/ispvm-agent/untested` names the release to go back to for as long as the new one is not
 * proven: the unit renames it to `current` where this program or the machine has stopped.
 */
import { spawnSync } from "node:child_process"
import {
  constants,
  copyFileSync,
  existsSync,
  mkdirSync,
  readdirSync,
  readFileSync,
  readlinkSync,
  renameSync,
  rmSync,
  statSync,
  symlinkSync,
} from "node:fs"
import { basename, join } from "node:path"
import { setTimeout as delay } from "node:timers/promises"
import { agentPackageFile } from "@ispvm/wire"
import {
  fileFault,
  MANIFEST_FILE,
  MAX_MANIFEST_BYTES,
  readTrustedKey,
  SIGNATURE_FILE,
  verifyManifest,
} from "@ispvm/wire/signed-manifest"
import { readRelease } from "./own-package.ts"
import {
  ALIVE_FILE,
  Alive,
  REQUEST_FILE,
  UPDATE_FOLDER,
  UpdateRequest,
  writeState,
} from "./state.ts"

const HOME = "/opt/ispvm-agent"
const CURRENT = join(HOME, "current")
const UNTESTED = join(HOME, "untested")
/** Keys that came with the release, and those that the administrator of this machine added. */
const TRUST = [join(CURRENT, "trust"), "/etc/ispvm-agent/trust.d"]
const UNIT = "ispvm-agent.service"
const ALIVE_MS = 60_000
const POLL_MS = 500
const DPKG_MS = 10 * 60_000
const ENVIRONMENT = { PATH: "/usr/sbin:/usr/bin:/sbin:/bin", LC_ALL: "C" }

/** Why a release was given up. */
class UpdateFault extends Error {
  readonly reason: string
  constructor(reason: string, message: string) {
    super(message)
    this.reason = reason
  }
}
const require = (condition: boolean, reason: string, message: string): void => {
  if (!condition) throw new UpdateFault(reason, message)
}

const run = (command: string, args: readonly string[], env = {}) =>
  spawnSync(command, args, {
    encoding: "utf8",
    timeout: DPKG_MS,
    env: { ...ENVIRONMENT, ...env },
    maxBuffer: 4_000_000,
  })

const trustedKeys = () =>
  TRUST.filter((folder) => existsSync(folder)).flatMap((folder) =>
    readdirSync(folder)
      .filter((name) => name.endsWith(".pem"))
      .map((name) => readTrustedKey(readFileSync(join(folder, name), "utf8"))),
  )

/** Neither a link nor a pipe that the agent's user could have put there. */
const readSmall = (file: string): string => {
  const found = statSync(file, { throwIfNoEntry: false })
  require(found?.isFile() === true && found.size <= MAX_MANIFEST_BYTES, "truncated", `no ${file}`)
  return readFileSync(file, "utf8")
}

/** The package, where only root can change it, and as it was signed. */
const takePackage = async (from: string, version: string, work: string): Promise<string> => {
  const release = readRelease(CURRENT)
  if (release === null) throw new UpdateFault("fault", "no release of this agent is installed")
  const verified = verifyManifest(
    readSmall(join(from, MANIFEST_FILE)),
    readSmall(join(from, SIGNATURE_FILE)),
    trustedKeys(),
  )
  if (!verified.ok) throw new UpdateFault(verified.fault, verified.reason)
  const { manifest } = verified
  require(manifest.version === version, "changed", `the manifest is of ${manifest.version}`)
  const { status } = run("dpkg", ["--compare-versions", version, "gt", release.version])
  require(status === 0, "older", `${version} is not newer than ${release.version}`)
  rmSync(work, { recursive: true, force: true })
  mkdirSync(work, { recursive: true, mode: 0o700 })
  const name = agentPackageFile(version, release.architecture)
  const file = join(work, name)
  require(statSync(join(from, name)).isFile(), "truncated", `no ${name}`)
  copyFileSync(join(from, name), file, constants.COPYFILE_EXCL)
  const fault = await fileFault(manifest, file)
  require(fault === null, "changed", fault ?? "")
  return file
}

/** In a mount namespace in which dpkg cannot remove the release that runs. */
const PROTECT = `set -e
mount --bind "$1" "$1"
mount -o remount,bind,ro "$1"
shift
exec "$@"`

const install = (file: string, running: string): void => {
  const { status, stderr } = run(
    "unshare",
    [
      ...["--mount", "--propagation", "private", "sh", "-c", PROTECT, "sh"],
      ...[join(HOME, "releases", running), "dpkg", "--force-confold", "--install", file],
    ],
    { ISPVM_UPDATE: "1" },
  )
  require(status === 0, "install-failed", stderr.slice(-500))
}

const link = (at: string, release: string): void => {
  rmSync(`${at}.new`, { force: true })
  symlinkSync(join("releases", release), `${at}.new`)
  renameSync(`${at}.new`, at)
}

const aliveVersion = (file: string): string | null => {
  try {
    return Alive.parse(JSON.parse(readSmall(file))).version
  } catch {
    return null
  }
}

/** The new release has had an answer from the appliance. */
const waitAlive = async (file: string, version: string): Promise<void> => {
  const beganMs = performance.now()
  while (aliveVersion(file) !== version) {
    if (performance.now() - beganMs > ALIVE_MS)
      throw new UpdateFault("no-heartbeat", "the appliance did not answer the new release")
    await delay(POLL_MS)
  }
}

const restart = (): void => {
  const { status, stderr } = run("systemctl", ["restart", UNIT])
  require(status === 0, "not-started", stderr.slice(-500))
}

const activate = async (version: string, running: string, dataDir: string): Promise<void> => {
  const alive = join(dataDir, ALIVE_FILE)
  link(UNTESTED, running)
  rmSync(alive, { force: true })
  link(CURRENT, version)
  try {
    restart()
    await waitAlive(alive, version)
  } catch (error) {
    renameSync(UNTESTED, CURRENT)
    run("systemctl", ["restart", UNIT])
    throw error
  }
  rmSync(UNTESTED)
}

const removeOthers = (kept: readonly string[]): void => {
  for (const name of readdirSync(join(HOME, "releases")))
    if (!kept.includes(name)) rmSync(join(HOME, "releases", name), { recursive: true, force: true })
}

/** Takes the request of the agent, acts, and says in the state how it ended. */
export const installRequested = async (dataDir: string, stateFolder: string): Promise<void> => {
  const from = join(dataDir, UPDATE_FOLDER)
  const request = join(from, REQUEST_FILE)
  const { version } = UpdateRequest.parse(JSON.parse(readSmall(request)))
  // First: whatever happens, it is not tried for ever.
  rmSync(request)
  writeState(stateFolder, { failed: { version, reason: "killed" } })
  const running = basename(readlinkSync(CURRENT))
  try {
    const file = await takePackage(from, version, join(stateFolder, "work"))
    install(file, running)
    await activate(version, running, dataDir)
    removeOthers([version, running])
    writeState(stateFolder, { failed: null })
    process.stderr.write(`${version} is installed and works; ${running} is kept\n`)
  } catch (error) {
    const reason = error instanceof UpdateFault ? error.reason : "fault"
    writeState(stateFolder, { failed: { version, reason } })
    process.stderr.write(`${version} is given up (${reason}): ${String(error)}\n`)
    process.exitCode = 1
  } finally {
    rmSync(join(stateFolder, "work"), { recursive: true, force: true })
  }
}
