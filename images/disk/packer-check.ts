/** Packer: the template is valid, the build ends, its disk has no secret and boots. */
import assert from "node:assert/strict"
import { execFileSync, spawn } from "node:child_process"
import { once } from "node:events"
import { existsSync, globSync, rmSync } from "node:fs"
import { join } from "node:path"
import { after, type TestContext, test } from "node:test"
import { environment, runsHere } from "../config.ts"
import {
  firstBoot,
  lookAtNewAppliance,
  packagesFolder,
  packerBase,
  packerFolder,
  removeImages,
  workFolder,
} from "./check-rig.ts"
import { copyOut, filesIn, toRaw } from "./read-disk.ts"

const CHECKOUT = join(import.meta.dirname, "../..")
const TEMPLATE = "packer/appliance.pkr.hcl"
const missing = ["packer", "ansible-playbook"].filter((program) => !runsHere(program))
const skip = missing.length > 0 ? `not installed: ${missing.join(", ")}` : false
/** No look for newer versions, no colours. */
const SETTINGS = { CHECKPOINT_DISABLE: "1", PACKER_NO_COLOR: "1" }
/** The template's own; an ISO is made from packages only. */
const FORMATS = ["qcow2", "ova", "vhdx"] as const
/** Of Ansible's recap. */
const RECAP = /\bok=\d+ +changed=\d+.*/
/** The service manager's words about a start that it had to try again. */
const CRASH = /ispvm\.service: (?:Main process exited|Failed with result).*/g

after(removeImages)

const packer = async (t: TestContext, command: "validate" | "build"): Promise<void> => {
  const { disk, key } = packerBase()
  const values = {
    ...{ base: disk, ssh_key: key, packages: packagesFolder(), output: packerFolder() },
    ...{ formats: FORMATS.join(","), accelerator: "tcg", cpu: "max", cpus: "1" },
  }
  const variables = Object.entries(values).flatMap(([name, value]) => ["-var", `${name}=${value}`])
  const began = performance.now()
  const child = spawn("packer", [command, ...variables, TEMPLATE], {
    cwd: CHECKOUT,
    env: { ...environment(), ...SETTINGS, PACKER_CACHE_DIR: join(workFolder(), "packer-cache") },
    stdio: ["ignore", "pipe", "pipe"],
  })
  let printed = ""
  for (const stream of [child.stdout, child.stderr])
    stream.setEncoding("utf8").on("data", (text: string) => {
      printed += text
    })
  const [code] = await once(child, "close")
  const recap = RECAP.exec(printed)?.[0]
  if (recap !== undefined) t.diagnostic(`Ansible: ${recap}`)
  for (const [line] of printed.matchAll(CRASH)) t.diagnostic(line)
  t.diagnostic(`packer ${command}: ${((performance.now() - began) / 1_000).toFixed(0)} s`)
  assert.equal(code, 0, printed.slice(-6_000))
}

test("Packer reads the template", { skip }, (t) => packer(t, "validate"))

test("Packer builds the disk with the Ansible role", { skip }, async (t) => {
  // The last file that it writes.
  if (existsSync(join(packerFolder(), "SHA256SUMS"))) return
  rmSync(packerFolder(), { recursive: true, force: true })
  await packer(t, "build")
})

test("its disk holds nothing that two machines must not share", { skip }, () => {
  const disk = join(packerFolder(), "disk/ispvm_packer_amd64.qcow2")
  const raw = toRaw(disk, join(workFolder(), "packer-sealed.raw"))
  const to = join(workFolder(), "packer-sealed")
  const data = filesIn(copyOut(raw, "ispvm-data", ["/"], `${to}-data`))
  assert.deepEqual([...data.keys()], [])
  const system = filesIn(copyOut(raw, "ispvm-root", ["/etc", "/root", "/var"], `${to}-root`))
  const left =
    /^(?:etc\/ssh\/ssh_host_|root\/|var\/(?:log|tmp|lib\/ispvm|lib\/dbus)\/)|random-seed|\.deb$/
  assert.deepEqual(
    [...system.keys()].filter((path) => left.test(path)),
    [],
  )
})

test("it writes all formats, with their checksums", { skip }, (t) => {
  for (const format of FORMATS)
    assert.equal(globSync(join(packerFolder(), `*.${format}`)).length, 1, format)
  const said = execFileSync("sha256sum", ["--check", "SHA256SUMS"], {
    cwd: packerFolder(),
    encoding: "utf8",
  })
  t.diagnostic(said.trim().replaceAll("\n", ", "))
  assert.equal(said.trim().split("\n").length, FORMATS.length)
})

test("its disk boots to the set-up page, without SSH", { skip }, (t) =>
  firstBoot("packer", t, lookAtNewAppliance),
)
