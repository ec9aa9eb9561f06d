/** The installer never erases what nobody named. */
import assert from "node:assert/strict"
import { test } from "node:test"
import { checkDisk, chooseUnattended, parseSeed, type Seed } from "./choose.ts"
import { type Disk, type Probe, parseLsblk, parseWipefs, sortDisks } from "./disks.ts"
import { diskList, eraseQuestion, rejectionText } from "./texts.ts"

const GB = 1e9
const device = (name: string, more: object = {}): object => ({
  ...{ name, path: `/dev/${name}`, type: "disk", size: 20 * GB, ro: false, model: "Disk  " },
  ...{ serial: null, fstype: null, label: null, mountpoints: [null], ...more },
})
const lsblk = (...blockdevices: object[]) => parseLsblk(JSON.stringify({ blockdevices }))
const BLANK: Probe = { signatures: [], isBlank: true }
const disk = (name: string, contents: readonly string[] = [], serial = ""): Disk => ({
  ...{ name, path: `/dev/${name}`, sizeBytes: 20 * GB, model: "Disk", serial, contents },
})
const seed = (more: Partial<Seed> = {}): Seed => ({
  ...{ install: "unattended", disk: "empty", after: "restart", ...more },
})
const APPLIANCE = ['sdb3 ext4 "ispvm-root"']

test("a disk is usable unless the machine needs it, it is too small or cannot be written", () => {
  const devices = lsblk(
    device("sda"),
    device("sdb", {
      children: [device("sdb1", { type: "part", mountpoints: ["/run/live/medium"] })],
    }),
    device("sdc", { ro: true }),
    device("sdd", { size: 4 * GB }),
    device("sde", { children: [device("sde1", { type: "part", label: "ispvm-seed" })] }),
    device("sdf", { mountpoints: ["/mnt"] }),
    device("sr0", { type: "rom" }),
    device("loop0", { type: "loop", mountpoints: ["/run/live/rootfs/filesystem.squashfs"] }),
    device("zram0"),
  )
  const { usable, unusable } = sortDisks(devices, new Map([["/dev/sda", BLANK]]))
  assert.deepEqual(usable, [disk("sda")])
  assert.deepEqual(unusable, [
    { name: "sdb", reason: "medium" },
    { name: "sdc", reason: "read-only" },
    { name: "sdd", reason: "too-small" },
    { name: "sde", reason: "seed" },
    { name: "sdf", reason: "in-use" },
  ])
})

test("a disk is empty only if nothing at all was found on it", () => {
  const contentsOf = (more: object, probe?: Probe) =>
    sortDisks(
      lsblk(device("sda", more)),
      new Map(probe ? [["/dev/sda", probe]] : []),
    ).usable.flatMap(({ contents }) => contents)
  assert.deepEqual(contentsOf({}, BLANK), [])
  assert.deepEqual(contentsOf({}, { signatures: ["gpt"], isBlank: false }), ["gpt"])
  const children = [device("sda1", { type: "part", fstype: "ntfs", label: "Windows" })]
  assert.deepEqual(contentsOf({ children }, BLANK), ['sda1 ntfs "Windows"'])
  const unknown = ["data without a known format"]
  assert.deepEqual(contentsOf({}, { signatures: [], isBlank: false }), unknown)
  assert.deepEqual(contentsOf({}), unknown, "a disk that could not be read")
})

test("wipefs prints nothing for an empty disk, and names what it finds", () => {
  assert.deepEqual(parseWipefs(""), [])
  assert.deepEqual(parseWipefs('{"signatures":[]}'), [])
  const found = { signatures: [{ device: "sda", type: "ext4", label: "home" }, { type: "gpt" }] }
  assert.deepEqual(parseWipefs(JSON.stringify(found)), ['ext4 "home"', "gpt"])
})

test("data is erased only when the disk's name was typed", () => {
  const full = disk("sda", ["gpt"])
  for (const typed of [null, "", "yes", "sdb", "SDA"])
    assert.deepEqual(checkDisk([full], full, typed), {
      ...{ kind: "rejected", reason: "holds-data", disk: "sda" },
    })
  assert.deepEqual(checkDisk([full], full, "sda"), { kind: "install", disk: full })
})

test("two disks with an appliance are never made", () => {
  const [first, other] = [disk("sda"), disk("sdb", APPLIANCE)]
  assert.deepEqual(checkDisk([first, other], first, null), {
    ...{ kind: "rejected", reason: "second-appliance", disk: "sdb" },
  })
  assert.deepEqual(checkDisk([other], other, "sdb"), { kind: "install", disk: other })
})

const CASES: readonly (readonly [string, readonly Disk[], Partial<Seed>, string])[] = [
  ["no disk", [], {}, "no-disk"],
  ["the only empty disk", [disk("sda", ["gpt"]), disk("vdb")], {}, "vdb"],
  ["no empty disk", [disk("sda", ["gpt"])], {}, "no-empty-disk"],
  ["two empty disks", [disk("sda"), disk("sdb")], {}, "several-empty-disks"],
  ["by name", [disk("sda"), disk("sdb")], { disk: "sdb" }, "sdb"],
  [
    "by serial number",
    [disk("sda", [], "A1"), disk("sdb", [], "B2")],
    { disk: "serial:B2" },
    "sdb",
  ],
  ["no serial number", [disk("sda")], { disk: "serial:" }, "no-such-disk"],
  ["a disk that is not there", [disk("sda")], { disk: "sdb" }, "no-such-disk"],
  ["a full disk", [disk("sda", ["gpt"])], { disk: "sda" }, "holds-data"],
  ["another name to erase", [disk("sda", ["gpt"])], { disk: "sda", erase: "sdb" }, "holds-data"],
  ["a full disk, named twice", [disk("sda", ["gpt"])], { disk: "sda", erase: "sda" }, "sda"],
]
test("unattended: the seed file names the disk, and the one to erase", () => {
  for (const [name, disks, more, expected] of CASES) {
    const choice = chooseUnattended(disks, seed(more))
    assert.equal(choice.kind === "install" ? choice.disk.name : choice.reason, expected, name)
    if (choice.kind === "rejected") assert.match(rejectionText(choice), /\.$/)
  }
})

test("a seed file with an unknown key or a wrong value is named, and not used", () => {
  const parse = (value: unknown) => parseSeed(JSON.stringify(value))
  assert.deepEqual(parse({ install: "unattended", disk: "empty" }), {
    ...{ kind: "seed", seed: seed() },
  })
  for (const [value, named] of [
    [{ install: "unattended", disk: "sda", force: true }, /force/],
    [{ install: "yes", disk: "sda" }, /install/],
    [{ install: "unattended" }, /disk/],
    [[], /./],
  ] as const) {
    const result = parse(value)
    assert.match(result.kind === "invalid" ? result.reason : "", named)
  }
  for (const content of ["", "{", "null", " ".repeat(100_000)])
    assert.equal(parseSeed(content).kind, "invalid")
})

test("the list names what is on each disk, and why another is not usable", () => {
  const unusable = [{ name: "sdb", reason: "medium" }] as const
  assert.equal(
    diskList({ usable: [disk("sda", ["gpt"], "S1")], unusable }),
    [
      "Disks of this machine:",
      "",
      "  sda            20.0 GB  Disk S1",
      "             holds: gpt",
      "  sdb        not usable: the installer runs from it",
      "",
    ].join("\n"),
  )
  assert.match(eraseQuestion(disk("sda", ["gpt"])), /^ALL DATA on sda .* Type sda /)
})
