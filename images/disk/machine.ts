/** A virtual machine with the image, under QEMU: emulated, since KVM need not be there. */
import { type ChildProcess, spawn } from "node:child_process"
import { once } from "node:events"
import { existsSync, readFileSync } from "node:fs"
import { createServer } from "node:net"
import { join } from "node:path"
import { setTimeout as delay } from "node:timers/promises"
import { connect, type DetailedPeerCertificate } from "node:tls"

export type Firmware = "bios" | "uefi"
export type MachineOptions = {
  readonly image: string
  readonly firmware: Firmware
  /** An empty folder. */
  readonly work: string
  /** QEMU's names of the disk's bus and of the network card. */
  readonly disk: "virtio" | "ahci"
  readonly network: "virtio-net-pci" | "e1000"
}
export type Machine = {
  /** Ports on loopback that lead to the machine's. */
  readonly https: number
  readonly ssh: number
  /** What the console has printed. */
  readonly console: () => string
  readonly stop: () => Promise<void>
}

const UEFI_FIRMWARE = "/usr/share/ovmf/OVMF.fd"
const HOST = "127.0.0.1"
const POLL_MS = 1_000
/** What ends a wait at once: the machine will not come up any more. */
const FAILED = /ALERT!|Kernel panic|emergency mode/

const freePort = async (): Promise<number> => {
  const server = createServer().listen(0, HOST)
  await once(server, "listening")
  const address = server.address()
  server.close()
  await once(server, "close")
  return typeof address === "object" && address !== null ? address.port : 0
}

const diskArguments = ({ image, disk }: MachineOptions): string[] =>
  disk === "virtio"
    ? ["-drive", `file=${image},format=qcow2,if=virtio,snapshot=on`]
    : [
        ...["-drive", `file=${image},format=qcow2,if=none,id=disk,snapshot=on`],
        ...["-device", "ide-hd,drive=disk"],
      ]

/** Nothing is written to the image, and the machine reaches nothing outside. */
export const startMachine = async (options: MachineOptions): Promise<Machine> => {
  const serial = join(options.work, `console-${options.firmware}-${options.disk}.log`)
  const [https, ssh] = [await freePort(), await freePort()]
  const forwards = `hostfwd=tcp:${HOST}:${https}-:443,hostfwd=tcp:${HOST}:${ssh}-:22`
  const child: ChildProcess = spawn(
    "qemu-system-x86_64",
    [
      ...[
        "-machine",
        "q35",
        "-accel",
        "tcg,thread=multi",
        "-cpu",
        "max",
        "-smp",
        "2",
        "-m",
        "2048",
      ],
      ...["-display", "none", "-monitor", "none", "-serial", `file:${serial}`],
      ...(options.firmware === "uefi" ? ["-bios", UEFI_FIRMWARE] : []),
      ...diskArguments(options),
      ...["-netdev", `user,id=net,restrict=on,${forwards}`],
      ...["-device", `${options.network},netdev=net`],
    ],
    { stdio: ["ignore", "ignore", "inherit"] },
  )
  return {
    https,
    ssh,
    console: () => (existsSync(serial) ? readFileSync(serial, "utf8") : ""),
    stop: async () => {
      if (child.exitCode !== null) return
      child.kill("SIGKILL")
      await once(child, "exit")
    },
  }
}

/** Seconds until `holds`; throws with the end of the console when the machine has failed. */
export const waitFor = async (
  machine: Machine,
  what: string,
  limitMs: number,
  holds: () => Promise<boolean>,
): Promise<number> => {
  const began = performance.now()
  for (;;) {
    if (await holds()) return (performance.now() - began) / 1_000
    const printed = machine.console()
    const isFailed = FAILED.test(printed)
    if (isFailed || performance.now() - began > limitMs)
      throw new Error(`${what}: ${isFailed ? "failed" : "too late"}\n${printed.slice(-3_000)}`)
    await delay(POLL_MS)
  }
}

/** The certificate that the machine serves; null: it does not answer yet. */
export const certificateOf = ({ https }: Machine): Promise<DetailedPeerCertificate | null> =>
  new Promise((resolve) => {
    const socket = connect({ host: HOST, port: https, rejectUnauthorized: false }, () => {
      const certificate = socket.getPeerCertificate(true)
      socket.destroy()
      resolve(certificate)
    })
    socket.setTimeout(POLL_MS * 10, () => socket.destroy(new Error("no answer")))
    socket.on("error", () => resolve(null))
  })
