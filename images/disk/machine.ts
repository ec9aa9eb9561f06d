/** A virtual machine with the image, under QEMU: emulated, since KVM need not be there. */
import { type ChildProcess, execFileSync, spawn } from "node:child_process"
import { once } from "node:events"
import { existsSync, readFileSync, rmSync } from "node:fs"
import { connect as connectPlain, createServer } from "node:net"
import { join } from "node:path"
import { setTimeout as delay } from "node:timers/promises"
import { connect, type DetailedPeerCertificate } from "node:tls"
import { askQemu } from "./qmp.ts"

/** QEMU's names of the disk's bus and of the network card. */
export type Hardware = {
  readonly firmware: "bios" | "uefi"
  readonly disk: "virtio" | "ahci"
  readonly network: "virtio-net-pci" | "e1000"
}
export type MachineOptions = {
  readonly hardware: Hardware
  /** qcow2; the machine writes to it. */
  readonly disk: string
  /** An ISO image; the machine boots from it when the disk is empty. */
  readonly cdrom?: string
  /** A raw disk more, read-only. */
  readonly second?: string
  /** A folder for the console's log and the sockets; `name` is the beginning of their names. */
  readonly work: string
  readonly name: string
  /** TCP ports of the machine that can be reached from here. */
  readonly ports?: readonly number[]
  /** `GUEST_VIEW:port` in the machine leads to an address here. */
  readonly reaches?: Readonly<Record<number, { readonly host: string; readonly port: number }>>
}
export type Machine = {
  /** The port on loopback that leads to a port of the machine. */
  readonly port: (inside: number) => number
  /** What the serial console has printed. */
  readonly console: () => string
  /** Types on the serial console. */
  readonly type: (text: string) => void
  readonly hasEnded: () => boolean
  /** Processor time that its emulation has taken; other programs of a busy machine do not count. */
  readonly processorSeconds: () => number
  /** Copies the machine's memory to a file. */
  readonly saveMemory: (file: string) => Promise<void>
  /** Presses the power button, and waits until the machine is off. */
  readonly powerOff: () => Promise<void>
  /** Pulls the plug. */
  readonly stop: () => Promise<void>
}

/** What the serial console says once the appliance's own console has drawn its first screen. */
export const CONSOLE_STARTED = "ispvm-console has started"
/**
 * Units that the firmware hands to systemd, beside those of the disk, which stay as they are
 * (systemd.system-credentials(7)). systemd's own lines end when a login opens on the serial console.
 */
const EXTRA_UNITS: Readonly<Record<string, string>> = {
  "systemd.extra-unit.console-started.service": `[Unit]
After=ispvm-console.service
[Service]
Type=oneshot
ExecStart=/bin/sh -c 'systemctl is-active ispvm-console && echo "${CONSOLE_STARTED}" > /dev/ttyS0'
`,
  "systemd.unit-dropin.multi-user.target": "[Unit]\nWants=console-started.service\n",
}
const credentials = (): string[] =>
  Object.entries(EXTRA_UNITS).flatMap(([name, text]) => {
    const value = Buffer.from(text).toString("base64")
    return ["-smbios", `type=11,value=io.systemd.credential.binary:${name}=${value}`]
  })

const UEFI_FIRMWARE = "/usr/share/ovmf/OVMF.fd"
const HOST = "127.0.0.1"
export const GUEST_VIEW = "10.0.2.100"
export const MEMORY_MIB = 2_048
const RELAY = join(import.meta.dirname, "relay.ts")
const POLL_MS = 500
const POWER_OFF_MS = 300_000
const PRESS_EVERY_MS = 20_000
const PORTS = [22, 80, 443] as const
/** What ends a wait at once: the machine will not come up any more. */
const FAILED = /ALERT!|Kernel panic|emergency\.target|Oops: int3|int3: 0000/
/**
 * A race of QEMU's multi-threaded emulation with a kernel that patches its own code, seen in one of
 * twelve boots, two seconds after the start. It says nothing about the image.
 */
const EMULATION_PANIC = /int3/

/** A disk whose changes stay apart from the image; larger than it if `sizeGib` says so. */
export const makeOverlay = (
  image: string,
  format: "qcow2" | "vmdk" | "raw",
  file: string,
  sizeGib?: number,
): string => {
  const size = sizeGib === undefined ? [] : [`${sizeGib}G`]
  const base = ["-b", image, "-F", format]
  execFileSync("qemu-img", ["create", "-q", "-f", "qcow2", ...base, file, ...size], {
    stdio: ["ignore", "ignore", "pipe"],
  })
  return file
}

export const makeEmptyDisk = (file: string, sizeGib: number): string => {
  execFileSync("qemu-img", ["create", "-q", "-f", "qcow2", file, `${sizeGib}G`])
  return file
}

export const growDisk = (file: string, byGib: number): void => {
  execFileSync("qemu-img", ["resize", "-q", file, `+${byGib}G`])
}

/** Free ports, all of them different: they are held until the last one is known. */
const freePorts = async (count: number): Promise<readonly number[]> => {
  const servers = Array.from({ length: count }, () => createServer().listen(0, HOST))
  await Promise.all(servers.map((server) => once(server, "listening")))
  const ports = servers.map((server) => {
    const address = server.address()
    return typeof address === "object" && address !== null ? address.port : 0
  })
  for (const server of servers) server.close()
  await Promise.all(servers.map((server) => once(server, "close")))
  return ports
}

const diskArguments = ({ disk, hardware, cdrom, second }: MachineOptions): string[] => [
  ...["-drive", `file=${disk},format=qcow2,if=none,id=disk,discard=unmap`],
  ...[
    "-device",
    `${hardware.disk === "ahci" ? "ide-hd" : "virtio-blk-pci"},drive=disk,bootindex=0`,
  ],
  ...(cdrom === undefined
    ? []
    : [
        ...["-drive", `file=${cdrom},format=raw,if=none,id=cd,media=cdrom,readonly=on`],
        ...["-device", "ide-cd,drive=cd,bus=ide.1,bootindex=1"],
      ]),
  ...(second === undefined ? [] : ["-drive", `file=${second},format=raw,if=virtio,readonly=on`]),
]

const networkArguments = (
  { hardware, reaches = {} }: MachineOptions,
  ports: ReadonlyMap<number, number>,
): string[] => {
  const rules = [
    ...[...ports].map(([inside, here]) => `hostfwd=tcp:${HOST}:${here}-:${inside}`),
    ...Object.entries(reaches).map(
      ([inside, { host, port }]) =>
        `guestfwd=tcp:${GUEST_VIEW}:${inside}-cmd:${process.execPath} ${RELAY} ${host} ${port}`,
    ),
  ]
  return [
    ...["-netdev", ["user,id=net,restrict=on", ...rules].join(",")],
    ...["-device", `${hardware.network},netdev=net`],
  ]
}

type Files = { readonly log: string; readonly serial: string; readonly control: string }
const spawnQemu = (
  options: MachineOptions,
  ports: ReadonlyMap<number, number>,
  { log, serial, control }: Files,
): ChildProcess =>
  // The kernel ends it when this process ends, however that happens.
  spawn(
    "setpriv",
    [
      ...["--pdeathsig", "KILL", "qemu-system-x86_64"],
      ...["-machine", "q35", "-accel", "tcg,thread=multi", "-cpu", "max", "-smp", "2"],
      ...["-m", String(MEMORY_MIB), "-display", "none", "-no-reboot"],
      ...["-chardev", `socket,id=serial,path=${serial},server=on,wait=off,logfile=${log}`],
      ...["-serial", "chardev:serial", "-monitor", "none"],
      ...credentials(),
      ...["-qmp", `unix:${control},server=on,wait=off`],
      ...(options.hardware.firmware === "uefi" ? ["-bios", UEFI_FIRMWARE] : []),
      ...diskArguments(options),
      ...networkArguments(options, ports),
    ],
    { stdio: ["ignore", "ignore", "inherit"] },
  )

/** proc(5), behind the program's name: ticks in user and in kernel mode, of all threads. */
const TICKS = { user: 11, kernel: 12, perSecond: 100 } as const
const processorSecondsOf = (pid: number): number => {
  const fields = readFileSync(`/proc/${pid}/stat`, "utf8").split(") ")[1]?.split(" ") ?? []
  return (Number(fields[TICKS.user]) + Number(fields[TICKS.kernel])) / TICKS.perSecond
}

/** The machine reaches nothing outside but the ports of `reaches`. */
export const startMachine = async (options: MachineOptions): Promise<Machine> => {
  const path = (end: string): string => join(options.work, `${options.name}.${end}`)
  const files: Files = { log: path("log"), serial: path("serial"), control: path("control") }
  for (const file of Object.values(files)) rmSync(file, { force: true })
  const inside = options.ports ?? PORTS
  const free = await freePorts(inside.length)
  const ports = new Map(inside.map((port, index) => [port, free[index] ?? 0]))
  const child = spawnQemu(options, ports, files)
  const hasEnded = (): boolean => child.exitCode !== null || child.signalCode !== null
  const stop = async (): Promise<void> => {
    if (hasEnded()) return
    child.kill("SIGKILL")
    await once(child, "exit")
  }
  const serial = await connectWhenThere(files.serial)
  return {
    port: (number) => ports.get(number) ?? 0,
    console: () => (existsSync(files.log) ? readFileSync(files.log, "utf8") : ""),
    type: (text) => void serial.write(text),
    hasEnded,
    processorSeconds: () => processorSecondsOf(child.pid ?? 0),
    saveMemory: async (file) => {
      const size = MEMORY_MIB * 1024 * 1024
      await askQemu(files.control, "pmemsave", { val: 0, size, filename: file })
    },
    powerOff: async () => {
      const began = performance.now()
      for (let pressed = 0; !hasEnded() && performance.now() - began < POWER_OFF_MS; ) {
        // What handles the button may not be there yet, shortly after the prompt.
        if (performance.now() - began >= pressed * PRESS_EVERY_MS) {
          pressed += 1
          await askQemu(files.control, "system_powerdown").catch(() => undefined)
        }
        await delay(POLL_MS)
      }
      if (hasEnded()) return
      await stop()
      throw new Error(`the power button has no effect\n${endOf(readFileSync(files.log, "utf8"))}`)
    },
    stop,
  }
}

const connectWhenThere = async (path: string) => {
  for (let tries = 0; !existsSync(path) && tries < 100; tries++) await delay(50)
  const socket = connectPlain(path)
  socket.on("error", () => undefined).resume()
  await once(socket, "connect")
  return socket
}

const endOf = (text: string): string => text.slice(-3_000)

/** Seconds until `holds`; throws with the end of the console when the machine has failed. */
export const waitFor = async (
  machine: Machine,
  what: string,
  limitMs: number,
  holds: () => Promise<boolean> | boolean,
): Promise<number> => {
  const began = performance.now()
  for (;;) {
    if (await holds()) return (performance.now() - began) / 1_000
    const printed = machine.console()
    const reason = FAILED.test(printed)
      ? "failed"
      : machine.hasEnded()
        ? "the machine is off"
        : performance.now() - began > limitMs
          ? "too late"
          : null
    if (reason !== null) throw new Error(`${what}: ${reason}\n${endOf(printed)}`)
    await delay(POLL_MS)
  }
}

/**
 * Starts a machine and waits; `seconds` are from its start. The emulator's own panic is tried once
 * more, and reported by `say`.
 */
export const boot = async (
  options: MachineOptions,
  what: string,
  limitMs: number,
  holds: (machine: Machine) => Promise<boolean> | boolean,
  say: (text: string) => void,
): Promise<{ readonly machine: Machine; readonly seconds: number }> => {
  for (let tries = 1; ; tries++) {
    const machine = await startMachine(options)
    try {
      return { machine, seconds: await waitFor(machine, what, limitMs, () => holds(machine)) }
    } catch (error) {
      await machine.stop()
      if (tries > 1 || !EMULATION_PANIC.test(machine.console())) throw error
      say(`${options.name}: the kernel panicked at an int3, as QEMU's emulation does; tried again`)
    }
  }
}

/** The certificate at a port of the machine; null: nobody answers yet. */
export const certificateOf = (port: number): Promise<DetailedPeerCertificate | null> =>
  new Promise((resolve) => {
    const socket = connect({ host: HOST, port, rejectUnauthorized: false }, () => {
      const certificate = socket.getPeerCertificate(true)
      socket.destroy()
      resolve(certificate)
    })
    socket.setTimeout(5_000, () => socket.destroy(new Error("no answer")))
    socket.on("error", () => resolve(null))
  })
