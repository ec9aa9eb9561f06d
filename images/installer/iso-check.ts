/** The installation medium: asks, refuses, installs; and what it installed boots. */
import assert from "node:assert/strict"
import { execFileSync } from "node:child_process"
import { rmSync, statSync, truncateSync, writeFileSync } from "node:fs"
import { join } from "node:path"
import { after, test } from "node:test"
import { BOOT_MS, imageOf, isReady, removeImages, workFolder } from "../disk/check-rig.ts"
import {
  boot,
  type Hardware,
  type Machine,
  type MachineOptions,
  makeEmptyDisk,
  waitFor,
} from "../disk/machine.ts"

const MAX_MB = 550
const BYTES_PER_MB = 1_000_000
const DISK_GIB = 9
const INSTALL_MS = 40 * 60_000

after(removeImages)

const optionsFor = (name: string, hardware: Hardware, disk: string): MachineOptions => ({
  ...{ name, hardware, disk, work: workFolder(), cdrom: imageOf("iso"), ports: [22, 80, 443] },
})

/** A disk that somebody used before. */
const makeUsedDisk = (file: string): string => {
  const raw = `${file}.raw`
  writeFileSync(raw, "")
  truncateSync(raw, DISK_GIB * 1024 ** 3)
  execFileSync("mke2fs", ["-q", "-F", "-t", "ext4", "-L", "precious", raw])
  execFileSync("qemu-img", ["convert", "-f", "raw", "-O", "qcow2", raw, file])
  rmSync(raw)
  return file
}

/** Waits for a text after what has been shown so far, then types. */
const talker = (machine: Machine, limitMs: number) => {
  let from = 0
  return async (expected: RegExp, typed: string | null): Promise<void> => {
    const rest = (): string => machine.console().slice(from)
    await waitFor(machine, String(expected), limitMs, () => expected.test(rest()))
    from = machine.console().length
    if (typed !== null) machine.type(`${typed}\r`)
  }
}

const bootsInstalled = async (
  options: MachineOptions,
  say: (text: string) => void,
): Promise<void> => {
  const { cdrom: _, ...installed } = options
  const from = { ...installed, name: `${options.name}-installed` }
  const { machine, seconds } = await boot(from, "the installed appliance", BOOT_MS, isReady, say)
  say(`${options.name}: the installed disk is up after ${seconds.toFixed(0)} s (emulated)`)
  await machine.powerOff()
}

test("the medium is small", (t) => {
  const { size } = statSync(imageOf("iso"))
  t.diagnostic(`${(size / BYTES_PER_MB).toFixed(0)} MB`)
  assert.ok(size < MAX_MB * BYTES_PER_MB, `${size} bytes`)
})

test("BIOS: a disk with data is erased only after its name was typed; the result boots", async (t) => {
  const say = (text: string): void => t.diagnostic(text)
  const disk = makeUsedDisk(join(workFolder(), "used.qcow2"))
  const hardware = { firmware: "bios", disk: "virtio", network: "virtio-net-pci" } as const
  const options = optionsFor("iso-bios", hardware, disk)
  const asks = (machine: Machine): boolean => /Install on which disk/.test(machine.console())
  const { machine, seconds } = await boot(options, "the installer asks", BOOT_MS, asks, say)
  try {
    say(`the installer asks after ${seconds.toFixed(0)} s (emulated)`)
    const on = talker(machine, INSTALL_MS)
    await on(/precious[\s\S]*Install on which disk/, "sdx")
    await on(/no usable disk sdx[\s\S]*Install on which disk/, "vda")
    await on(/ALL DATA on vda/, "yes")
    await on(/vda holds data\. Nothing was changed\.[\s\S]*Install on which disk/, "vda")
    const began = performance.now()
    await on(/ALL DATA on vda/, "vda")
    await on(/Installed on vda[\s\S]*Enter restarts/, "")
    say(`installed in ${((performance.now() - began) / 1_000).toFixed(0)} s (emulated)`)
    await waitFor(machine, "restarts", BOOT_MS, () => machine.hasEnded())
  } finally {
    await machine.stop()
  }
  await bootsInstalled(options, say)
})

const makeSeed = (file: string, seed: object): string => {
  const json = `${file}.json`
  writeFileSync(json, JSON.stringify(seed))
  writeFileSync(file, "")
  truncateSync(file, 4 * 1024 * 1024)
  execFileSync("mkfs.vfat", ["-n", "ISPVM-SEED", file], { stdio: "ignore" })
  execFileSync("mcopy", ["-i", file, json, "::/ispvm-install.json"])
  return file
}

test("UEFI: a seed file installs to the empty disk without a question; the result boots", async (t) => {
  const say = (text: string): void => t.diagnostic(text)
  const disk = makeEmptyDisk(join(workFolder(), "empty.qcow2"), DISK_GIB)
  const hardware = { firmware: "uefi", disk: "ahci", network: "e1000" } as const
  const seed = { install: "unattended", disk: "empty", after: "power-off" }
  const second = makeSeed(join(workFolder(), "seed.fat"), seed)
  const options = { ...optionsFor("iso-uefi", hardware, disk), second }
  const isDone = (machine: Machine): boolean => /Installed on sda/.test(machine.console())
  const { machine, seconds } = await boot(options, "installed", INSTALL_MS, isDone, say)
  say(`unattended: installed after ${seconds.toFixed(0)} s (emulated)`)
  assert.doesNotMatch(machine.console(), /Install on which disk/)
  await waitFor(machine, "off", BOOT_MS, () => machine.hasEnded())
  await bootsInstalled({ ...optionsFor("iso-uefi", hardware, disk) }, say)
})
