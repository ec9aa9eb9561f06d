/** The installer: runs in the system on the installation medium, at its terminals. */
import { execFileSync, spawnSync } from "node:child_process"
import { closeSync, existsSync, mkdirSync, openSync, readFileSync, readSync } from "node:fs"
import { join } from "node:path"
import { setTimeout as delay } from "node:timers/promises"
import { checkDisk, chooseUnattended, parseSeed, type Seed } from "./choose.ts"
import {
  type Disk,
  type Disks,
  isDisk,
  LSBLK,
  type Probe,
  parseLsblk,
  parseWipefs,
  SEED_LABEL,
  sortDisks,
} from "./disks.ts"
import { openTerminals, type Terminals } from "./terminals.ts"
import { diskList, eraseQuestion, rejectionText } from "./texts.ts"
import { writeDisk } from "./write-disk.ts"

const TERMINALS = ["/dev/tty1", "/dev/ttyS0"]
const CLEAR = "\u001b[2J\u001b[H"
const SEED_FOLDER = "/run/ispvm-seed"
const SEED_FILE = "ispvm-install.json"
const PROBED_BYTES = 1024 * 1024
const PAUSE_MS = 3_000

const output = (command: string, ...args: readonly string[]): string =>
  execFileSync(command, args, { encoding: "utf8", stdio: ["ignore", "pipe", "pipe"] })

/** Whether the beginning and the end are all zeros: a format that nobody knows counts as data. */
const isBlank = (path: string, sizeBytes: number): boolean => {
  const handle = openSync(path, "r")
  try {
    return [0, Math.max(0, sizeBytes - PROBED_BYTES)].every((at) => {
      const part = Buffer.alloc(PROBED_BYTES)
      const length = readSync(handle, part, 0, PROBED_BYTES, at)
      return part.subarray(0, length).every((byte) => byte === 0)
    })
  } finally {
    closeSync(handle)
  }
}

/** Null: it cannot be read, so nobody knows that it is empty. */
const probeDisk = (path: string, sizeBytes: number): Probe | null => {
  try {
    const signatures = parseWipefs(output("wipefs", "--json", "--no-act", path))
    return { signatures, isBlank: isBlank(path, sizeBytes) }
  } catch {
    return null
  }
}

const readDisks = (): Disks => {
  const devices = parseLsblk(output("lsblk", ...LSBLK))
  const probes = new Map<string, Probe>()
  for (const { path, size } of devices.filter(isDisk)) {
    const probe = probeDisk(path, size)
    if (probe !== null) probes.set(path, probe)
  }
  return sortDisks(devices, probes)
}

/** Null: there is none, or it is wrong, which is shown. */
const readSeed = (terminals: Terminals): Seed | null => {
  const device = `/dev/disk/by-label/${SEED_LABEL}`
  if (!existsSync(device)) return null
  mkdirSync(SEED_FOLDER, { recursive: true })
  spawnSync("mount", ["-o", "ro", device, SEED_FOLDER])
  const file = join(SEED_FOLDER, SEED_FILE)
  if (!existsSync(file)) {
    terminals.write(`The seed medium has no ${SEED_FILE}.\n`)
    return null
  }
  const result = parseSeed(readFileSync(file, "utf8"))
  if (result.kind === "seed") return result.seed
  terminals.write(`${SEED_FILE} is not used. ${result.reason}\n\n`)
  return null
}

/** The disk that somebody chose and confirmed; null: ask again. */
const askOnce = async (terminals: Terminals, disks: Disks): Promise<Disk | null> => {
  const name = await terminals.ask("Install on which disk? Name, or Enter to list them again: ")
  if (name === "") return null
  const disk = disks.usable.find((each) => each.name === name)
  if (disk === undefined) {
    terminals.write(`There is no usable disk ${name}.\n`)
    return null
  }
  const typed = await terminals.ask(eraseQuestion(disk))
  if (disk.contents.length === 0 && typed !== "yes") {
    terminals.write("Nothing was changed.\n")
    return null
  }
  const choice = checkDisk(disks.usable, disk, typed)
  if (choice.kind === "install") return choice.disk
  terminals.write(`${rejectionText(choice)}\n`)
  return null
}

const ask = async (terminals: Terminals): Promise<Disk> => {
  for (;;) {
    const disks = readDisks()
    terminals.write(`\n${diskList(disks)}\n`)
    const disk = await askOnce(terminals, disks)
    if (disk !== null) return disk
  }
}

const choose = async (terminals: Terminals, seed: Seed | null): Promise<[Disk, Seed | null]> => {
  if (seed !== null) {
    const disks = readDisks()
    terminals.write(`${diskList(disks)}\n`)
    const choice = chooseUnattended(disks.usable, seed)
    if (choice.kind === "install") return [choice.disk, seed]
    terminals.write(`The seed file does not apply. ${rejectionText(choice)}\n`)
  }
  return [await ask(terminals), null]
}

const install = async (terminals: Terminals): Promise<void> => {
  terminals.write(`${CLEAR}Installation of ISP Visual Monitor\n\n`)
  const [disk, seed] = await choose(terminals, readSeed(terminals))
  writeDisk(disk.path, (step) => terminals.write(`${disk.name}: ${step} ...\n`))
  terminals.write(`\nInstalled on ${disk.name}. Remove the installation medium.\n`)
  if (seed === null) await terminals.ask("Enter restarts the machine. ")
  await delay(PAUSE_MS)
  output("systemctl", "--no-block", seed?.after === "power-off" ? "poweroff" : "reboot")
}

const terminals = openTerminals(TERMINALS)
try {
  await install(terminals)
} catch (error) {
  const text = error instanceof Error ? error.message : String(error)
  terminals.write(`\nThe installation failed: ${text}\nThe disk is not complete.\n`)
  await terminals.ask("Enter starts again. ")
  process.exit(1)
}
