/**
 * `ispvm factory-reset`: removes all data of this machine; new secrets are made at the next start.
 * A reset that is cut off is continued at the next boot, before anything else starts.
 */
import { spawnSync } from "node:child_process"
import {
  existsSync,
  lstatSync,
  mkdirSync,
  readdirSync,
  rmdirSync,
  rmSync,
  statSync,
  writeFileSync,
} from "node:fs"
import { hostname } from "node:os"
import { dirname, join } from "node:path"
import {
  NETWORK_FOLDER,
  OWN_NETWORK,
  SSH_KEYS_FILE,
  SSH_PORT_FILE,
} from "../machine/settings-files.ts"
import { forgetSeed } from "../seed/apply.ts"
import { EXIT, fail, needsRoot, print } from "./exit.ts"
import { ask } from "./prompt.ts"

const USAGE = "usage: ispvm factory-reset [--yes]"
const UNITS = ["ispvm-local-agent.path", "ispvm-agent", "ispvm", "ispvm-database"]
/** Their contents: the folders themselves may be mounts. */
const DATA_FOLDERS = [
  "/var/lib/ispvm",
  "/var/lib/ispvm-database",
  "/var/lib/ispvm-agent",
  "/var/lib/ispvm-update",
  "/var/lib/ispvm-agent-update",
]
const TOKENS = ["/etc/ispvm-agent/token", "/run/ispvm-local-agent/token"]
const MARKER = "/var/lib/ispvm-reset"
/** Only an image has it; on a server of the provider, network and SSH are not ours. */
const IMAGE_UNIT = "/etc/systemd/system/ispvm-seed.service"

/**
 * A share that is mounted in a data folder, such as one for backups, is not this machine's: it is
 * left as it is. Returns what was left.
 */
const remove = (path: string, device: number): readonly string[] => {
  const stat = lstatSync(path, { throwIfNoEntry: false })
  if (stat === undefined) return []
  // Files of an overlay may be of another device than their folder.
  if (!stat.isDirectory()) {
    rmSync(path, { force: true })
    return []
  }
  if (stat.dev !== device) return [path]
  const left = empty(path)
  if (left.length === 0) rmdirSync(path)
  return left
}
const empty = (folder: string): readonly string[] => {
  const stat = statSync(folder, { throwIfNoEntry: false })
  if (stat === undefined) return []
  return readdirSync(folder).flatMap((name) => remove(join(folder, name), stat.dev))
}

const isImage = (root: string): boolean => existsSync(join(root, IMAGE_UNIT))

/** Settings of the machine, and what tells it from others. */
const forgetMachine = (root: string): void => {
  const network = join(root, NETWORK_FOLDER)
  for (const name of existsSync(network) ? readdirSync(network) : [])
    if (OWN_NETWORK.test(name)) rmSync(join(network, name))
  for (const path of [SSH_KEYS_FILE, SSH_PORT_FILE]) rmSync(join(root, path), { force: true })
  const ssh = join(root, "etc/ssh")
  for (const name of existsSync(ssh) ? readdirSync(ssh) : [])
    if (name.startsWith("ssh_host_")) rmSync(join(ssh, name))
  empty(join(root, "var/log/journal"))
  // Systemd then takes the next boot for the first one.
  writeFileSync(join(root, "etc/machine-id"), "uninitialized\n")
  writeFileSync(join(root, "etc/hostname"), "ispvm\n")
}

export const isResetUnfinished = (root = "/"): boolean => existsSync(join(root, MARKER))

/** All files. Run again it does what is left to do. Returns the mounts that it left. */
export const removeData = (root = "/"): readonly string[] => {
  const marker = join(root, MARKER)
  mkdirSync(dirname(marker), { recursive: true })
  writeFileSync(marker, "")
  const left = DATA_FOLDERS.flatMap((folder) => empty(join(root, folder)))
  for (const file of TOKENS) rmSync(join(root, file), { force: true })
  forgetSeed(root)
  if (isImage(root)) forgetMachine(root)
  rmSync(marker)
  return left
}

const systemctl = (...args: readonly string[]): boolean =>
  spawnSync("systemctl", args, { stdio: ["ignore", "ignore", "inherit"] }).status === 0

const isConfirmed = async (): Promise<boolean> => {
  const name = hostname()
  print(
    "This removes accounts, devices, history, keys and certificates of this machine.",
    "Agents have to enrol again. Without a backup nothing comes back.",
  )
  return (await ask(`Type the host name (${name}) to continue: `)).trim() === name
}

const reset = (): number => {
  for (const unit of UNITS)
    if (!systemctl("stop", unit)) return fail(`${unit} does not stop: nothing was removed`)
  for (const path of removeData())
    print(`${path} is another disk or a share, and was left as it is.`)
  if (isImage("/")) {
    systemctl("disable", "--quiet", "ssh.service")
    print("All data is removed. The machine restarts.")
    systemctl("--no-block", "reboot")
  } else {
    for (const unit of UNITS.filter((each) => each !== "ispvm-agent").toReversed())
      systemctl("--no-block", "start", unit)
    print("All data is removed. `ispvm status` shows the new setup code in a moment.")
  }
  return EXIT.fine
}

export const factoryReset = async (args: readonly string[]): Promise<number> => {
  if (args.some((each) => each !== "--yes")) return fail(USAGE, EXIT.usage)
  const refused = needsRoot()
  if (refused !== null) return refused
  if (!args.includes("--yes") && !(await isConfirmed()))
    return fail("not confirmed: nothing was removed")
  return reset()
}
