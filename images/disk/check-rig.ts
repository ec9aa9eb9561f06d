/**
 * What the checks of the image share: the images, built once, and machines that have been started
 * once. With ISPVM_TEST_IMAGES=DIR both are kept there, so that one check can be run alone.
 */
import assert from "node:assert/strict"
import { execFileSync } from "node:child_process"
import {
  existsSync,
  globSync,
  mkdirSync,
  mkdtempSync,
  readFileSync,
  rmSync,
  writeFileSync,
} from "node:fs"
import { get } from "node:https"
import { connect } from "node:net"
import { tmpdir } from "node:os"
import { join } from "node:path"
import type { TestContext } from "node:test"
import { cacheFolder, testImages } from "../config.ts"
import {
  boot,
  CONSOLE_STARTED,
  certificateOf,
  type Hardware,
  type Machine,
  type MachineOptions,
  makeOverlay,
} from "./machine.ts"
import { hardwareOf } from "./ovf.ts"

export const BOOT_MS = 40 * 60_000
const HOST = "127.0.0.1"
const FORMATS = ["qcow2", "ova", "vhdx", "iso"] as const

const node = (program: string, ...args: readonly string[]): void => {
  execFileSync(process.execPath, [join(import.meta.dirname, program), ...args], {
    stdio: ["ignore", "ignore", "inherit"],
  })
}

/** Debian's part of the images; kept, because it takes longest. */
const debianFolder = (): string => join(cacheFolder(), "image-trixie")

const build = (folder: string): void => {
  const debian = debianFolder()
  const root = existsSync(debian) ? ["--debian", debian] : ["--keep-debian", debian]
  const packages = join(folder, "packages")
  node("../package/main.ts", "--out", packages, "--arch", "amd64", "--quick")
  const formats = FORMATS.join(",")
  const lists = ["--lists", join(folder, "lists")]
  node("main.ts", "--packages", packages, "--out", folder, "--formats", formats, ...lists, ...root)
  node("main.ts", "--bare", "--debian", debian, "--out", folder)
}

let folder: string | undefined

/** The folder with the images; they are built when the first check asks for them. */
const imagesFolder = (): string => {
  if (folder !== undefined) return folder
  folder = testImages() ?? mkdtempSync(join(tmpdir(), "ispvm-boot-"))
  mkdirSync(folder, { recursive: true })
  if (globSync(join(folder, "ispvm_*.qcow2")).length === 0) build(folder)
  return folder
}
/** Removes what was made, unless somebody wants to keep it. */
export const removeImages = (): void => {
  if (folder !== undefined && testImages() === undefined) rmSync(folder, { recursive: true })
}

export const imageOf = (format: (typeof FORMATS)[number] | "bare"): string => {
  const pattern = format === "bare" ? "debian-bare_*.qcow2" : `ispvm_*.${format}`
  return globSync(join(imagesFolder(), pattern))[0] ?? assert.fail(`no ${pattern}`)
}

/** A router of the simulated network, and the port of its API over TLS here and in the machine. */
export const ROUTER = { name: "esk-core-1", host: "127.40.3.1", port: 18_729 } as const
const API_PORT = 8_729

/** What the build wrote about the image. */
export const listsFolder = (): string => join(imagesFolder(), "lists")

/** A folder for the disks and consoles of the machines. */
export const workFolder = (): string => {
  const work = join(imagesFolder(), "machines")
  mkdirSync(work, { recursive: true })
  return work
}

/** Disk and description from the OVA, as an importer unpacks them. */
export const unpackOva = (): { readonly vmdk: string; readonly ovf: string } => {
  const to = join(workFolder(), "ova")
  if (!existsSync(to)) {
    mkdirSync(to)
    execFileSync("tar", ["--extract", `--file=${imageOf("ova")}`, `--directory=${to}`])
  }
  const [vmdk, ovf] = ["vmdk", "ovf"].map(
    (end) => globSync(join(to, `*.${end}`))[0] ?? assert.fail(`no ${end} in the OVA`),
  )
  return { vmdk: vmdk ?? "", ovf: readFileSync(ovf ?? "", "utf8") }
}

/** The folder of Packer's disk and formats; Packer makes it. */
export const packerFolder = (): string => join(imagesFolder(), "packer")
/** What Packer starts from, with the key that lets it in. */
export const packerBase = (): { readonly disk: string; readonly key: string } => {
  const folder = join(imagesFolder(), "packer-base")
  const [disk, key] = [join(folder, "debian-base_amd64.qcow2"), join(folder, "key")]
  if (existsSync(disk)) return { disk, key }
  mkdirSync(folder, { recursive: true })
  if (!existsSync(key)) execFileSync("ssh-keygen", ["-q", "-t", "ed25519", "-N", "", "-f", key])
  const debian = debianFolder()
  const root = existsSync(debian) ? ["--debian", debian] : ["--keep-debian", debian]
  node("main.ts", "--base", `${key}.pub`, "--out", folder, ...root)
  return { disk, key }
}
export const packagesFolder = (): string => join(imagesFolder(), "packages")

/** The machines that are started, each from its own copy of the image. */
export const MACHINES = {
  kvm: (): [string, "qcow2", Hardware] => [
    imageOf("qcow2"),
    "qcow2",
    { firmware: "bios", disk: "virtio", network: "virtio-net-pci" },
  ],
  "kvm-uefi": (): [string, "qcow2", Hardware] => [
    imageOf("qcow2"),
    "qcow2",
    { ...MACHINES.kvm()[2], firmware: "uefi" },
  ],
  "ova-uefi": (): [string, "vmdk", Hardware] => {
    const { vmdk, ovf } = unpackOva()
    return [vmdk, "vmdk", { firmware: "uefi", ...hardwareOf(ovf) }]
  },
  "ova-bios": (): [string, "vmdk", Hardware] => {
    const { vmdk, ovf } = unpackOva()
    return [vmdk, "vmdk", { firmware: "bios", ...hardwareOf(ovf) }]
  },
  packer: (): [string, "qcow2", Hardware] => [
    join(packerFolder(), "disk/ispvm_packer_amd64.qcow2"),
    "qcow2",
    MACHINES.kvm()[2],
  ],
  bare: (): [string, "qcow2", Hardware] => [imageOf("bare"), "qcow2", MACHINES.kvm()[2]],
} as const
export type MachineName = keyof typeof MACHINES

export const optionsOf = (name: MachineName): MachineOptions => {
  const [image, format, hardware] = MACHINES[name]()
  const disk = join(workFolder(), `${name}.qcow2`)
  if (!existsSync(disk)) makeOverlay(image, format, disk)
  const ports = [22, 80, 443, 5432, 8444, 8445]
  return { hardware, disk, work: workFolder(), name, ports, reaches: { [API_PORT]: ROUTER } }
}

export type Answer = { readonly status: number; readonly text: string }
export const ask = (machine: Machine, path: string): Promise<Answer | null> =>
  new Promise((resolve) => {
    const to = { host: HOST, port: machine.port(443), path, rejectUnauthorized: false }
    const request = get({ ...to, timeout: 10_000 }, (answer) => {
      let text = ""
      answer.setEncoding("utf8").on("data", (chunk: string) => {
        text += chunk
      })
      answer.on("end", () => resolve({ status: answer.statusCode ?? 0, text }))
    })
    request.on("timeout", () => request.destroy(new Error("no answer")))
    request.on("error", () => resolve(null))
  })

/** A login on the serial line. A machine that is too busy gives its serial line up after 90 s. */
export const hasLogin = (machine: Machine): boolean => / login: /.test(machine.console())
/** The console of the appliance is drawn; by then, local disks are mounted and have grown. */
export const showsConsole = (machine: Machine): boolean =>
  machine.console().includes(CONSOLE_STARTED)

export const isReady = async (machine: Machine): Promise<boolean> =>
  (await ask(machine, "/readyz"))?.status === 200

/** Whether anything answers a request behind the port: QEMU accepts each connection by itself. */
export const answers = (port: number): Promise<boolean> =>
  new Promise((resolve) => {
    const socket = connect(port, HOST, () => socket.write("GET / HTTP/1.0\r\n\r\n"))
    socket.setTimeout(5_000, () => socket.destroy())
    socket.once("data", () => {
      socket.destroy()
      resolve(true)
    })
    socket.once("error", () => undefined)
    socket.once("close", () => resolve(false))
  })

/** What a first user finds, and what nobody reaches. */
export const lookAtNewAppliance = async (machine: Machine): Promise<void> => {
  const page = await ask(machine, "/")
  assert.equal(page?.status, 200)
  assert.match(page.text, /<title>/)
  const session = await ask(machine, "/api/v1/session")
  assert.equal(JSON.parse(session?.text ?? "{}").isSetUp, false)
  assert.equal(await answers(machine.port(80)), true, "80 redirects")
  for (const port of [8444, 8445])
    assert.notEqual(await certificateOf(machine.port(port)), null, `${port} answers by TLS`)
  for (const port of [22, 5432])
    assert.equal(await answers(machine.port(port)), false, `${port} is closed`)
}

/**
 * The first boot of a machine up to the set-up page, `look`, and power-off; once, and never again
 * for the same disk.
 */
export const firstBoot = async (
  name: MachineName,
  t: TestContext,
  look: (machine: Machine) => Promise<void>,
): Promise<void> => {
  const mark = join(workFolder(), `${name}.first-boot`)
  if (existsSync(mark)) {
    t.diagnostic(`${name}: its first boot was before, ${readFileSync(mark, "utf8").trim()}`)
    return
  }
  const say = (text: string): void => t.diagnostic(text)
  const what = "the appliance is ready"
  // Of a first boot that has failed.
  rmSync(join(workFolder(), `${name}.qcow2`), { force: true })
  const { machine, seconds } = await boot(optionsOf(name), what, BOOT_MS, isReady, say)
  try {
    const took = `${seconds.toFixed(0)} s, ${machine.processorSeconds().toFixed(0)} s of processor time`
    t.diagnostic(`${name}: first boot to the set-up page ${took} (emulated)`)
    await look(machine)
    await machine.powerOff()
    writeFileSync(mark, `${took}\n`)
  } finally {
    await machine.stop()
  }
}
