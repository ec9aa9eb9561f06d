/**
 * `npm run test:image`: builds packages and image, boots it by BIOS and by UEFI, on the disk and
 * network of KVM and on those that the OVA names, and looks at what a first user finds.
 */
import assert from "node:assert/strict"
import { execFileSync } from "node:child_process"
import { existsSync, globSync, mkdtempSync, rmSync } from "node:fs"
import { get } from "node:https"
import { connect } from "node:net"
import { tmpdir } from "node:os"
import { join } from "node:path"
import { after, before, test } from "node:test"
import { cacheFolder } from "../config.ts"
import {
  certificateOf,
  type Firmware,
  type Machine,
  type MachineOptions,
  startMachine,
  waitFor,
} from "./machine.ts"

const BOOT_MS = 10 * 60_000
const RELEASE_MB = 500
const BYTES_PER_MB = 1_000_000
let work: string
let image: string

const node = (program: string, ...args: readonly string[]): void => {
  execFileSync(process.execPath, [join(import.meta.dirname, program), ...args], {
    stdio: ["ignore", "ignore", "inherit"],
  })
}

before(() => {
  work = mkdtempSync(join(tmpdir(), "ispvm-boot-"))
  const debian = join(cacheFolder(), "image-trixie")
  node("../package/main.ts", "--out", join(work, "packages"), "--arch", "amd64", "--quick")
  node(
    "main.ts",
    ...["--packages", join(work, "packages"), "--out", work],
    ...(existsSync(debian) ? ["--debian", debian] : ["--keep-debian", debian]),
  )
  image = globSync(join(work, "*.qcow2"))[0] ?? assert.fail("no image")
})
after(() => {
  if (work !== undefined) rmSync(work, { recursive: true, force: true })
})

const ask = (machine: Machine, path: string): Promise<{ status: number; text: string } | null> =>
  new Promise((resolve) => {
    const request = get(
      { host: "127.0.0.1", port: machine.https, path, rejectUnauthorized: false, timeout: 10_000 },
      (answer) => {
        let text = ""
        answer.setEncoding("utf8").on("data", (chunk: string) => {
          text += chunk
        })
        answer.on("end", () => resolve({ status: answer.statusCode ?? 0, text }))
      },
    )
    request.on("timeout", () => request.destroy(new Error("no answer")))
    request.on("error", () => resolve(null))
  })

/** Whether anybody speaks behind the port: QEMU accepts each connection and closes it if not. */
const greets = (port: number): Promise<boolean> =>
  new Promise((resolve) => {
    const socket = connect(port, "127.0.0.1")
    socket.setTimeout(10_000, () => socket.destroy())
    socket.once("data", () => {
      socket.destroy()
      resolve(true)
    })
    socket.once("error", () => undefined)
    socket.once("close", () => resolve(false))
  })

const issuers = new Map<Firmware, string>()

const boots = (
  name: string,
  hardware: Pick<MachineOptions, "firmware" | "disk" | "network">,
): void =>
  void test(`${name}: the set-up page over HTTPS, no SSH`, async (t) => {
    const machine = await startMachine({ image, work, ...hardware })
    try {
      const seconds = await waitFor(
        machine,
        "the appliance is ready",
        BOOT_MS,
        async () => (await ask(machine, "/readyz"))?.status === 200,
      )
      t.diagnostic(`${name}: first boot to the set-up page ${seconds.toFixed(0)} s (emulated)`)
      const page = await ask(machine, "/")
      assert.equal(page?.status, 200)
      assert.match(page.text, /<title>/)
      const session = await ask(machine, "/api/v1/session")
      assert.equal(JSON.parse(session?.text ?? "{}").isSetUp, false)
      assert.equal(await greets(machine.ssh), false, "SSH is disabled")
      const certificate = await certificateOf(machine)
      const issuer = certificate?.issuerCertificate?.fingerprint256 ?? certificate?.fingerprint256
      issuers.set(hardware.firmware, issuer ?? assert.fail("no certificate"))
    } finally {
      await machine.stop()
    }
  })

boots("BIOS, virtio", { firmware: "bios", disk: "virtio", network: "virtio-net-pci" })
boots("UEFI, AHCI and e1000 as in the OVA", { firmware: "uefi", disk: "ahci", network: "e1000" })

test("two first boots of one image have different certificate authorities", () => {
  assert.equal(issuers.size, 2)
  assert.equal(new Set(issuers.values()).size, 2)
})

test("the image is small", (t) => {
  const bytes = Number(execFileSync("stat", ["--format=%s", image], { encoding: "utf8" }))
  t.diagnostic(`${(bytes / BYTES_PER_MB).toFixed(0)} MB`)
  assert.ok(bytes < RELEASE_MB * BYTES_PER_MB, `${bytes} bytes`)
})
