/**
 * The image boots by BIOS and by UEFI, on the disk and network card of KVM and on those that the OVA
 * names, and a first user finds the set-up page. Two machines of one image share no secret.
 */
import assert from "node:assert/strict"
import { execFileSync } from "node:child_process"
import { statSync } from "node:fs"
import { basename, dirname, join, relative } from "node:path"
import { after, test } from "node:test"
import {
  BOOT_MS,
  firstBoot,
  imageOf,
  lookAtNewAppliance,
  optionsOf,
  removeImages,
  showsConsole,
  unpackOva,
  workFolder,
} from "./check-rig.ts"
import { relationsIn } from "./database-files.ts"
import { boot, growDisk } from "./machine.ts"
import { copyOut, fileSystemBytes, filesIn, partitionsOf, toRaw } from "./read-disk.ts"
import { isPublicRelation, sharedFiles } from "./shared-files.ts"

const RELEASE_MB = 500
const BYTES_PER_MB = 1_000_000
const GIB = 1024 ** 3
const GROWN_GIB = 2
/** Alignment and the table's copy at the end of the disk. */
const SLACK_BYTES = 8 * 1024 * 1024

after(removeImages)

test("KVM: BIOS, virtio: the set-up page over HTTPS, no SSH, no database", (t) =>
  firstBoot("kvm", t, lookAtNewAppliance))
test("KVM: UEFI, virtio", (t) => firstBoot("kvm-uefi", t, lookAtNewAppliance))
test("OVA: UEFI, with the controller and the network card that it names", (t) =>
  firstBoot("ova-uefi", t, lookAtNewAppliance))
test("OVA: BIOS, with the controller and the network card that it names", (t) =>
  firstBoot("ova-bios", t, lookAtNewAppliance))

test("the OVA's manifest has the checksums of its files", () => {
  const folder = dirname(unpackOva().vmdk)
  execFileSync(
    "sh",
    [
      "-c",
      `cd "$1" && sed 's/^SHA256(\\(.*\\))= \\(.*\\)/\\2  \\1/' *.mf | sha256sum --check`,
      "sh",
      folder,
    ],
    { stdio: ["ignore", "ignore", "pipe"] },
  )
})

/** The files that secrets could be in: all of the data partition, and what the system writes. */
const CLUSTER = "ispvm-database/cluster"
const copyMachine = (name: string, disk: string) => {
  const raw = toRaw(disk, join(workFolder(), `${name}.raw`))
  return {
    data: filesIn(copyOut(raw, "ispvm-data", ["/"], join(workFolder(), `${name}-data`))),
    system: filesIn(
      copyOut(raw, "ispvm-root", ["/etc", "/var"], join(workFolder(), `${name}-root`)),
    ),
  }
}

test("two machines of one image share no file that their first boot made", async (t) => {
  for (const name of ["kvm", "ova-uefi"] as const) await firstBoot(name, t, lookAtNewAppliance)
  const image = copyMachine("image", imageOf("qcow2"))
  const [first, second] = (["kvm", "ova-uefi"] as const).map((name) =>
    copyMachine(name, optionsOf(name).disk),
  )
  assert.ok(first !== undefined && second !== undefined)
  const { size } = first.data
  t.diagnostic(`${size} and ${second.data.size} files of data compared`)
  assert.ok(size > 1_000, "the database is there")
  const relations = relationsIn(join(workFolder(), "kvm-data", CLUSTER))
  assert.ok([...relations.values()].includes("migrations.applied"), "its catalogue can be read")
  const shared = sharedFiles(image.data, first.data, second.data).map(({ path }) => ({
    path,
    relation: relations.get(relative(CLUSTER, path)),
  }))
  t.diagnostic(`${shared.length} of them are equal, of tables that migrations fill`)
  assert.deepEqual(
    shared.filter(({ relation }) => !isPublicRelation(relation)),
    [],
  )
  assert.deepEqual(sharedFiles(image.system, first.system, second.system), [])
  for (const path of ["etc/machine-id"])
    assert.notEqual(first.system.get(path)?.sha256, image.system.get(path)?.sha256, path)
})

test("data takes the rest of a disk that has grown, at the next boot", async (t) => {
  await firstBoot("kvm", t, lookAtNewAppliance)
  const options = optionsOf("kvm")
  const dataOf = () => {
    const raw = toRaw(options.disk, join(workFolder(), "grown.raw"))
    const partition = partitionsOf(raw).find(({ name }) => name === "ispvm-data")
    return { partition: partition?.sizeBytes ?? 0, files: fileSystemBytes(raw, "ispvm-data") }
  }
  const before = dataOf()
  growDisk(options.disk, GROWN_GIB)
  const say = (text: string): void => t.diagnostic(text)
  const { machine } = await boot(options, "up on a larger disk", BOOT_MS, showsConsole, say)
  await machine.powerOff()
  const now = dataOf()
  t.diagnostic(`data: ${before.files / GIB} GiB, then ${now.files / GIB} GiB`)
  for (const part of ["partition", "files"] as const)
    assert.ok(now[part] - before[part] > GROWN_GIB * GIB - SLACK_BYTES, part)
})

test("the images are small", (t) => {
  for (const format of ["qcow2", "ova"] as const) {
    const file = imageOf(format)
    const { size } = statSync(file)
    t.diagnostic(`${basename(file)}: ${(size / BYTES_PER_MB).toFixed(0)} MB`)
    assert.ok(size < RELEASE_MB * BYTES_PER_MB, `${format}: ${size} bytes`)
  }
})
