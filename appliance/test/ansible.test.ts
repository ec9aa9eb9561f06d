/** The Ansible collection's modules and inventory; `npm run test:ansible` goes further. */
import assert from "node:assert/strict"
import { readFileSync, writeFileSync } from "node:fs"
import { join } from "node:path"
import { after, test } from "node:test"
import { z } from "zod"
import { type AnsibleRig, COLLECTION, openAnsible, reasonToSkip } from "./ansible-rig.ts"

const skip = reasonToSkip() ?? false
if (skip !== false) console.log(`the Ansible collection was not run: ${skip}`)

let opened: Promise<AnsibleRig> | undefined
const rig = (): Promise<AnsibleRig> => {
  opened ??= openAnsible()
  return opened
}
after(async () => {
  await (await opened)?.close()
})

test("Ansible: a network is described, and a second run finds nothing to do", {
  skip,
}, async () => {
  const { play } = await rig()
  const made = await play("network.yml")
  assert.deepEqual([made.code, made.changed], [0, 5], made.text)
  const again = await play("network.yml", "--check")
  assert.deepEqual([again.code, again.changed], [0, 0], again.text)
})

test("Ansible: devices are hosts in groups, and what they hold is never evaluated", {
  skip,
}, async () => {
  const { folder, run } = await rig()
  const file = join(folder, "test.ispvm.yml")
  const settings = [
    "plugin: ispvm.monitor.appliance",
    "keyed_groups: [{ key: ispvm_status, prefix: status }]",
    "compose: { from_compose: \"'at ' + ispvm_note\" }",
  ]
  writeFileSync(file, `${settings.join("\n")}\n`)
  const listed = await run("ansible-inventory", ["--inventory", file, "--list"])
  assert.equal(listed.code, 0, listed.text)
  const hosts = z.record(z.string(), z.record(z.string(), z.unknown()))
  const parsed = z
    .looseObject({ _meta: z.object({ hostvars: hosts }) })
    .parse(JSON.parse(listed.text.slice(listed.text.indexOf("{"))))
  const { hostvars } = parsed._meta
  assert.deepEqual(Object.keys(hostvars), ["ank-core-1", "izm-core-1"])
  assert.equal(hostvars["izm-core-1"]?.ansible_host, "198.51.100.11")
  for (const group of ["site_izmir_pop", "region_west", "role_border"])
    assert.deepEqual(parsed[group], { hosts: ["izm-core-1"] }, group)
  const shown = await run("ansible", [
    ...["--inventory", file, "izm-core-1", "--connection", "local"],
    ...["--module-name", "ansible.builtin.debug"],
    ...["--args", "msg={{ ispvm_note }}{{ from_compose }}"],
  ])
  assert.match(shown.text, /"\{\{ 7 \* 7 \}\}at \{\{ 7 \* 7 \}\}"/, "a note is no template")
})

test("Ansible: the collection has the version of the product", () => {
  const version = (file: string, pattern: RegExp) =>
    pattern.exec(readFileSync(join(COLLECTION, file), "utf8"))?.[1]
  const own = version("galaxy.yml", /^version: (\S+)$/m)
  assert.equal(own, version("../package.json", /"version": "(\S+)"/))
})
