/** What the image's pure parts decide: partitions, the OVF's hardware, files that two machines share. */
import assert from "node:assert/strict"
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs"
import { tmpdir } from "node:os"
import { join } from "node:path"
import { test } from "node:test"
import { OVF_PROPERTIES, OVF_USER_DATA } from "@ispvm/appliance/seed/ovf-environment"
import { layout, partitionScript } from "./layout.ts"
import { hardwareOf, ovfOf } from "./ovf.ts"
import type { Files } from "./read-disk.ts"
import { setupCodeIn } from "./screen.ts"
import { isPublicRelation, sharedFiles } from "./shared-files.ts"

test("partitions follow each other, and data is the last one", () => {
  const parts = layout()
  assert.equal(parts.at(-1)?.use, "data")
  for (const [index, { startMib, sizeMib }] of parts.slice(0, -1).entries())
    assert.equal(startMib + sizeMib, parts[index + 1]?.startMib)
  assert.match(partitionScript("small"), /size=512MiB, type=\S+, name=ispvm-data\n$/)
  assert.match(partitionScript("rest"), /start=\d+MiB, type=\S+, name=ispvm-data\n$/)
})

test("the OVF names only hardware that a check boots", () => {
  const ovf = ovfOf({ name: "a.vmdk", bytes: 1, capacity: 2 }, "1.0")
  assert.deepEqual(hardwareOf(ovf), { disk: "ahci", network: "e1000" })
  assert.throws(() => hardwareOf(ovf.replace("AHCI", "lsilogicsas")), /lsilogicsas/)
})

test("the OVF asks for every property that a seed reads, and hands them over on a CD", () => {
  const ovf = ovfOf({ name: "a.vmdk", bytes: 1, capacity: 2 }, "1.0")
  const asked = [...ovf.matchAll(/<Property ovf:key="([^"]+)"/g)].map(([, name]) => name)
  assert.deepEqual(asked, [...Object.keys(OVF_PROPERTIES), OVF_USER_DATA])
  assert.match(ovf, /<VirtualHardwareSection ovf:transport="iso">/)
})

const files = (content: Readonly<Record<string, string>>): Files =>
  new Map(
    Object.entries(content).map(([path, text]) => [
      path,
      { sha256: text, bytes: text.length, isWithoutRows: text === "empty index" },
    ]),
  )
const shared = (image: Files, first: Files, second: Files): readonly string[] =>
  sharedFiles(image, first, second).map(({ path }) => path)

test("a file that two first boots made alike is found, whatever it is", () => {
  const [first, second] = [
    files({ "ispvm/key": "same", "ispvm/id": "a", "ispvm/empty": "", "etc/hosts": "h" }),
    files({ "ispvm/key": "same", "ispvm/id": "b", "ispvm/empty": "", "etc/hosts": "h" }),
  ]
  assert.deepEqual(shared(files({ "etc/hosts": "h" }), first, second), ["ispvm/key"])
  assert.deepEqual(shared(files({}), first, second), ["etc/hosts", "ispvm/key"])
})

test("of the database, what initdb makes is public; the appliance's own tables are not", () => {
  const cluster = "ispvm-database/cluster"
  const both = files({
    [`${cluster}/base/5/1247`]: "catalogue",
    [`${cluster}/base/16384/16383`]: "catalogue",
    [`${cluster}/base/16384/16384`]: "a table",
    [`${cluster}/base/16384/20001_fsm`]: "a map",
    [`${cluster}/base/16384/20002`]: "empty index",
    [`${cluster}/global/pg_filenode.map`]: "map",
    [`${cluster}/pg_hba.conf`]: "settings",
    [`${cluster}/secret.key`]: "key",
  })
  assert.deepEqual(shared(files({}), both, both), [
    `${cluster}/base/16384/16384`,
    `${cluster}/base/16384/20001_fsm`,
    `${cluster}/secret.key`,
  ])
})

test("of the appliance's own tables, only those that migrations fill are public", () => {
  for (const name of ["migrations.applied_pkey", "ispvm.partition_child_key", "backup.setting"])
    assert.equal(isPublicRelation(name), true, name)
  for (const name of [undefined, "secrets.setting", "backup.key", "backup.setting_2", "ispvm.user"])
    assert.equal(isPublicRelation(name), false, name)
})

test("the seed's service looks for every label of a volume that the program reads", () => {
  const read = (path: string): string => readFileSync(join(import.meta.dirname, path), "utf8")
  const unit = read("files/etc/systemd/system/ispvm-seed.service")
  const named = /ls -d ([^']+?) 2>/.exec(unit)?.[1]?.split(" ") ?? []
  const patterns = named.map((name) => new RegExp(`^${name.replaceAll("*", ".*")}$`))
  const sources = read("../../appliance/src/seed/sources.ts")
  const labels = [...(/LABELS = \[([^\]]*)\]/.exec(sources)?.[1]?.matchAll(/"([^"]+)"/g) ?? [])]
  assert.ok(labels.length > 0)
  for (const [, label = ""] of labels)
    assert.ok(
      patterns.some((pattern) => pattern.test(label)),
      label,
    )
})

test("the setup code is read off a text console's memory", () => {
  const folder = mkdtempSync(join(tmpdir(), "ispvm-screen-"))
  const file = join(folder, "memory")
  const onScreen = (text: string): string => [...text].map((letter) => `${letter}\u0007`).join("")
  try {
    writeFileSync(file, `AB23-CD45-EF67 ${onScreen("It works once: ABCD-EFGH-JK23 ")}`, "latin1")
    assert.equal(setupCodeIn(file), "ABCD-EFGH-JK23")
    writeFileSync(file, onScreen("All services run."), "latin1")
    assert.equal(setupCodeIn(file), null)
  } finally {
    rmSync(folder, { recursive: true })
  }
})
